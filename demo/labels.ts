/** The words of a site around its articles: all of it is noise to an extractor. */
export interface Labels {
  nav: string[];
  by: string;
  published: string;
  updated: string;
  related: string;
  readAlso: string;
  newsletter: [title: string, text: string, button: string];
  share: string;
  comments: [title: string, ...comments: string[]];
  cookies: [text: string, accept: string, refuse: string];
  footer: string;
  next: string;
  script: string;
}

/** By language. */
export const LABELS: Record<string, Labels> = {
  en: {
    nav: ["Home", "News", "Policy", "Digital services", "Events", "Jobs", "Contact", "Search"],
    by: "By",
    published: "Published",
    updated: "Updated",
    related: "More on this topic",
    readAlso: "Read also:",
    newsletter: [
      "Our newsletter",
      "The week in digital government, every Friday in your inbox. No spam, unsubscribe at any time.",
      "Sign up",
    ],
    share: "Share on Mastodon LinkedIn E-mail Print",
    comments: [
      "Comments (2)",
      "About time. I have been waiting for this since spring and nobody at the counter knew anything.",
      "And who pays for it in the end? Interesting article, but I miss the figures for small towns.",
    ],
    cookies: [
      "We and our partners use cookies to improve this website and to measure its reach.",
      "Accept all",
      "Reject",
    ],
    footer: "Imprint · Privacy · Accessibility · Terms of use · All rights reserved",
    next: "Older articles",
    script: "Please enable JavaScript to use this website.",
  },
  de: {
    nav: ["Start", "Nachrichten", "Verwaltung", "Stadtleben", "Termine", "Karriere", "Kontakt"],
    by: "Von",
    published: "Veröffentlicht am",
    updated: "Aktualisiert am",
    related: "Das könnte Sie auch interessieren",
    readAlso: "Lesen Sie auch:",
    newsletter: [
      "Newsletter abonnieren",
      "Einmal pro Woche das Wichtigste aus der digitalen Verwaltung, kostenlos und jederzeit kündbar.",
      "Anmelden",
    ],
    share: "Teilen Drucken E-Mail Link kopieren",
    comments: [
      "Kommentare (2)",
      "Endlich! Bei uns im Landkreis muss man für so etwas immer noch einen halben Tag Urlaub nehmen.",
      "Und was ist mit Leuten ohne Smartphone? Die werden wieder einmal vergessen.",
    ],
    cookies: [
      "Wir verwenden Cookies, um Inhalte zu personalisieren und Zugriffe zu messen.",
      "Alle akzeptieren",
      "Ablehnen",
    ],
    footer: "Impressum · Datenschutz · Barrierefreiheit · Nutzungsbedingungen",
    next: "Ältere Meldungen",
    script: "Bitte aktivieren Sie JavaScript, um diese Seite zu nutzen.",
  },
  fr: {
    nav: ["Accueil", "Actualités", "Services publics", "Territoires", "Agenda", "Contact"],
    by: "Par",
    published: "Publié le",
    updated: "Mis à jour le",
    related: "À lire aussi sur le même sujet",
    readAlso: "Lire aussi :",
    newsletter: [
      "Notre lettre d’information",
      "Recevez chaque mardi l’essentiel de la transformation publique. Désinscription en un clic.",
      "Je m’abonne",
    ],
    share: "Partager Imprimer Envoyer par courriel",
    comments: [
      "Commentaires (2)",
      "Très bien, mais à la campagne nous attendons toujours la fibre pour pouvoir en profiter.",
      "Merci pour cet article. Existe-t-il un calendrier pour les autres départements ?",
    ],
    cookies: [
      "Nous utilisons des cookies pour mesurer l’audience de ce site.",
      "Tout accepter",
      "Continuer sans accepter",
    ],
    footer: "Mentions légales · Données personnelles · Accessibilité : partiellement conforme",
    next: "Articles précédents",
    script: "Veuillez activer JavaScript pour consulter ce site.",
  },
  es: {
    nav: ["Inicio", "Noticias", "Administración", "Ciudades", "Agenda", "Contacto"],
    by: "Por",
    published: "Publicado el",
    updated: "Actualizado el",
    related: "Noticias relacionadas",
    readAlso: "Lea también:",
    newsletter: [
      "Suscríbase al boletín",
      "Lo más importante del gobierno digital, cada jueves en su correo. Puede darse de baja cuando quiera.",
      "Suscribirme",
    ],
    share: "Compartir Imprimir Copiar enlace",
    comments: [
      "Comentarios (2)",
      "Ojalá llegue pronto a los pueblos; aquí todavía hay que hacer cola desde las siete.",
      "¿Y qué pasa con las personas mayores que no tienen certificado digital?",
    ],
    cookies: [
      "Utilizamos cookies propias y de terceros para analizar la navegación.",
      "Aceptar",
      "Rechazar",
    ],
    footer: "Aviso legal · Privacidad · Accesibilidad · Mapa del sitio",
    next: "Noticias anteriores",
    script: "Active JavaScript para ver este sitio.",
  },
  pt: {
    nav: ["Início", "Notícias", "Serviços", "Cidades", "Agenda", "Contato"],
    by: "Por",
    published: "Publicado em",
    updated: "Atualizado em",
    related: "Leia mais sobre o assunto",
    readAlso: "Leia também:",
    newsletter: [
      "Assine nosso boletim",
      "As notícias do governo digital toda segunda-feira. Cancele quando quiser.",
      "Assinar",
    ],
    share: "Compartilhar Imprimir Copiar link",
    comments: [
      "Comentários (2)",
      "Muito bom, mas o aplicativo ainda trava no meu celular antigo.",
      "Quando chega ao interior? Aqui só tem sinal na praça.",
    ],
    cookies: ["Este site usa cookies para medir a audiência.", "Aceitar todos", "Recusar"],
    footer: "Fale conosco · Privacidade · Acessibilidade · Mapa do site",
    next: "Notícias anteriores",
    script: "Ative o JavaScript para ver este site.",
  },
  nl: {
    nav: ["Home", "Nieuws", "Beleid", "Gemeenten", "Agenda", "Vacatures", "Contact"],
    by: "Door",
    published: "Gepubliceerd op",
    updated: "Bijgewerkt op",
    related: "Meer over dit onderwerp",
    readAlso: "Lees ook:",
    newsletter: [
      "Nieuwsbrief",
      "Elke woensdag het laatste nieuws over de digitale overheid. Afmelden kan altijd.",
      "Aanmelden",
    ],
    share: "Delen Afdrukken Link kopiëren",
    comments: [
      "Reacties (2)",
      "Mooi, maar bij ons in het dorp is het loket inmiddels dicht.",
      "Ben benieuwd wat dit uiteindelijk gaat kosten.",
    ],
    cookies: ["Wij gebruiken cookies om het bezoek te meten.", "Accepteren", "Weigeren"],
    footer: "Colofon · Privacy · Toegankelijkheid · Cookies",
    next: "Ouder nieuws",
    script: "Zet JavaScript aan om deze site te gebruiken.",
  },
};
