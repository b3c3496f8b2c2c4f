import type { Edit, Text } from "./text.ts";

/** What happens next in the sample world. */
export type Happening =
  | { kind: "published"; site: string; text: Text }
  | { kind: "copied"; site: string; slug: string; edit: Edit }
  | { kind: "corrected"; slug: string; edit: Edit }
  | { kind: "retracted"; slug: string; title: string; notice: string }
  | { kind: "faulty"; site: string; ms: number };

const HOUR_MS = 3_600_000;

/** What happens in the sample world once it is alive, in order. */
export const HAPPENINGS: readonly Happening[] = [
  {
    kind: "published",
    site: "civic-wire",
    text: {
      slug: "cork-street-repair-promises",
      title: "Cork promises a repair date for every broken street lamp",
      author: "Aoife Brennan",
      body: `
Anyone who reports a broken street lamp in Cork now gets a repair date with the receipt, and the city pays a small fine to the local residents' association when it misses that date. The scheme started on Monday in four districts and covers 11,000 lamps.

Crews used to work through reports in the order in which they arrived. The new planner groups them by route and by the parts they need, which saves each van about 40 kilometres a day. In the trial, the average repair took three days instead of nine.

"People forgive a dark street for three days if they know it is three days," said Orla Keane, who leads the lighting team. Of 212 promised dates in the trial, the city missed 14.

The council publishes the promises and the misses as open data every night. A student group has already turned them into a map.
`,
    },
  },
  {
    kind: "published",
    site: "rathaus-digital",
    text: {
      slug: "erfurt-elternbeitrag-rechner",
      title: "Erfurt berechnet Elternbeiträge jetzt in vier Minuten",
      author: "Jana Wolff",
      body: `
Eltern in Erfurt erfahren seit dieser Woche in vier Minuten, wie viel ihr Kitaplatz kostet. Bisher dauerte der Bescheid im Schnitt sieben Wochen, weil das Jugendamt Gehaltsnachweise auf Papier prüfte. Nun holt das Amt die Angaben mit Einwilligung der Eltern direkt beim Finanzamt ab.

In der Probephase nutzten 1.900 Familien den Rechner. Bei 86 Prozent stimmte das Ergebnis mit dem späteren Bescheid auf den Cent überein, bei den übrigen fehlten meist Angaben zu Geschwistern. Wer nicht einwilligt, kann den alten Weg gehen.

Die Personalrätin Silke Hartung lobt, dass niemand versetzt wurde. Zwei Kolleginnen, die früher Belege abtippten, beraten jetzt am Telefon.

Die Stadt gibt den Quelltext frei. Jena und Gera haben Interesse angemeldet.
`,
    },
  },
  {
    kind: "published",
    site: "metro-ledger",
    text: {
      slug: "providence-snow-plow-tracker",
      title: "Providence lets residents vote on the next street to plow",
      author: "Maya Castellano",
      body: `
When the first storm of the season reaches Providence, residents will be able to see where every snow plow is and vote on which of the small streets comes next. The city says that the votes decide the order within a neighborhood, never between neighborhoods.

The rule answers a complaint from last winter, when a review found that streets with more 311 calls were cleared two hours earlier. This time each block has one vote a storm, and a household without a smartphone can vote by calling a number.

"We wanted a fair queue, not a popularity contest," said Devon Ruiz, the deputy director of public works. Main roads, hospital routes and school routes stay outside the vote.

The tracker cost $86,000 and reuses the software that already follows the city's recycling trucks.
`,
    },
  },
  {
    kind: "corrected",
    slug: "boston-permit-backlog",
    edit: {
      title: "Boston clears a backlog of 8,600 building permits with a checklist",
      tail: "Correction: An earlier version of this article gave the number of permits as 8,400. The city has since counted 8,600.",
    },
  },
  {
    kind: "published",
    site: "numerique-cite",
    text: {
      slug: "rennes-file-attente-logement",
      title: "Rennes montre à chacun sa place dans la file du logement social",
      author: "Maëlle Le Goff",
      body: `
Depuis lundi, les 29 000 demandeurs d’un logement social à Rennes peuvent voir leur place dans la file et la raison pour laquelle elle change. Chaque attribution est publiée le lendemain, sans nom, avec les points qui l’ont décidée.

La métropole espère ainsi mettre fin aux soupçons de favoritisme. « Les gens acceptent d’attendre, ils n’acceptent pas de ne pas comprendre », résume Yannick Morvan, le vice-président chargé de l’habitat. Un simulateur indique ce que changerait un dossier complété.

Pendant l’essai, les appels au guichet ont baissé d’un tiers, mais les recours ont doublé. La métropole y voit plutôt un bon signe : un recours sur cinq a révélé une erreur de saisie.

Le règlement et le calcul des points sont ouverts, et une association les vérifie chaque trimestre.
`,
    },
  },
  {
    kind: "copied",
    site: "metro-ledger",
    slug: "cork-street-repair-promises",
    edit: {
      title: "Irish city fines itself when it misses a street lamp repair",
      author: "Wire services",
    },
  },
  {
    kind: "published",
    site: "plaza-digital",
    text: {
      slug: "gijon-tarjeta-ciudadana-autobus",
      title: "Gijón jubila la tarjeta ciudadana y la lleva al móvil",
      author: "Lucía Arango",
      body: `
La tarjeta ciudadana de Gijón, que abre bibliotecas, piscinas y autobuses desde hace veinte años, se podrá llevar desde hoy en el teléfono. El Ayuntamiento mantendrá el plástico para quien lo prefiera, sin fecha de caducidad.

La aplicación no guarda los movimientos. Cada lector recibe solo la respuesta que necesita: si la persona tiene derecho a entrar y con qué tarifa. Una auditoría de la Universidad de Oviedo lo comprobó antes del lanzamiento y publicó su informe.

En los tres meses de prueba participaron 4.300 vecinos. El fallo más frecuente fue una batería agotada, por lo que los conductores pueden leer también un código impreso.

«Lo importante no es el móvil, es que nadie tenga que explicar por qué paga menos», dijo la concejala Marta Solís.
`,
    },
  },
  {
    kind: "published",
    site: "harbour-agency",
    text: {
      slug: "grimsby-fish-market-ledger",
      title: "Grimsby fish market replaces carbon paper with a shared ledger",
      author: "Tom Ellery",
      body: `
Every crate of fish that is sold at Grimsby market now carries a code that follows it from the boat to the shop. The code replaces five carbon copies that skippers, auctioneers, hauliers and two inspectors used to fill in by hand.

The agency built the ledger with the people who land the fish. It works without a signal for up to twelve hours, can be read with gloves on, and prints a paper slip for buyers who want one. In the first month, 31 boats recorded 640 tonnes.

Inspectors say that the time for a check fell from 25 minutes to six. A skipper who took part, Hannah Reeve, said the best part was that nobody rang her at sea about a missing form.

Ports in Peterhead and Newlyn will test it next spring.
`,
    },
  },
  { kind: "faulty", site: "vestnik-goroda", ms: HOUR_MS },
  {
    kind: "published",
    site: "gemeentekrant",
    text: {
      slug: "zwolle-vergunning-op-de-kaart",
      title: "Zwolle zet elke vergunningaanvraag op de kaart, met uitleg",
      author: "Sanne de Wit",
      body: `
Inwoners van Zwolle zien voortaan op een kaart welke vergunningen er in hun straat zijn aangevraagd, en wat dat voor hen betekent. Bij elke aanvraag staat in gewone taal tot wanneer je kunt reageren en wat de buurman precies wil bouwen.

De gemeente publiceerde de aanvragen altijd al, maar in een lijst met dossiernummers. Uit een onderzoek bleek dat maar drie procent van de inwoners die lijst ooit had geopend. In de proefwijk kwamen vier keer zoveel reacties binnen, en de meeste kwamen op tijd.

Niet iedereen is blij. Aannemers vrezen meer bezwaren en dus langere procedures. Wethouder Rachid Amrani denkt dat het meevalt: wie vroeg praat, hoeft later minder te procederen.

De software is open en wordt gedeeld met Deventer en Kampen.
`,
    },
  },
  {
    kind: "published",
    site: "civic-wire",
    text: {
      slug: "helsinki-budget-robots",
      title: "Helsinki retires half of its software robots",
      author: "Niall Doherty",
      body: `
Helsinki has switched off 61 of the 124 software robots that copied data between its systems. The city found that most of them existed only because two departments had never agreed on a common form.

The robots were cheap to build and dear to keep. Each change to a web page broke about a dozen of them, and a team of nine people spent most of its week on repairs. Replacing a robot with a shared database view took 11 days on average.

"A robot is a meeting that nobody wanted to hold," said Kaisa Lehtonen, who led the review. The remaining robots serve suppliers whose software has no interface at all.

The city has published the list, with the reason for each decision. Auditors in Tallinn and Stockholm have asked for a copy.
`,
    },
  },
  {
    kind: "corrected",
    slug: "providence-snow-plow-tracker",
    edit: {
      title: "Providence lets residents vote on the next street to be plowed",
      replace: [["The tracker cost $86,000", "The tracker cost $68,000"]],
      tail: "Correction: An earlier version of this article transposed the digits of the cost.",
    },
  },
  {
    kind: "published",
    site: "cidade-aberta",
    text: {
      slug: "braga-consultas-escolas",
      title: "Braga deixa os alunos decidir parte do orçamento das escolas",
      author: "Inês Carvalho",
      body: `
Os alunos das 42 escolas públicas de Braga vão decidir este ano o destino de 300 mil euros. Cada escola recebe uma verba, as turmas apresentam propostas e todos votam numa plataforma que a câmara já usava para os adultos.

No ano experimental, nove escolas escolheram bebedouros, sombra nos recreios e uma oficina de bicicletas. Só uma proposta foi recusada, por falta de licença, e a câmara explicou porquê por escrito.

O voto é secreto e não exige telemóvel: cada turma tem uma hora na sala de informática. Os professores pediram que os mais novos pudessem votar com imagens, e assim será.

"Aprende-se mais sobre contas públicas a comprar um bebedouro do que em dez aulas", disse a diretora Paula Antunes.
`,
    },
  },
  {
    kind: "published",
    site: "metro-ledger",
    text: {
      slug: "hartford-robot-inspectors",
      title: "Hartford says drones inspect every bridge in a weekend",
      author: "Maya Castellano",
      body: `
Hartford inspected all of its 74 bridges in a single weekend with drones, the city announced on Sunday, and found no defect that needed immediate repair. Officials called it the fastest inspection in the state's history.

The drones took 210,000 pictures, which software compared with those of the last manual inspection. Engineers then looked at the 900 places that the software had marked. A manual inspection of the same bridges takes about eleven weeks.

The city plans to repeat the flights twice a year and to share the pictures with universities. It expects to save $1.2 million in lane closures alone.

Unions welcomed the pictures but asked that an engineer still touch every bridge once a year.
`,
    },
  },
  {
    kind: "published",
    site: "rathaus-digital",
    text: {
      slug: "kiel-stromzaehler-schwimmbad",
      title: "Kieler Schwimmbäder heizen, wenn der Wind weht",
      author: "Malte Petersen",
      body: `
Die vier städtischen Schwimmbäder in Kiel richten ihre Heizung seit Oktober nach dem Wind. Weht er kräftig, wärmen sie das Wasser um ein halbes Grad mehr vor, bei Flaute lassen sie es langsam abkühlen. Badegäste haben davon nach Angaben der Stadt nichts bemerkt.

Eine Steuerung liest alle Viertelstunde den Strompreis und die Wettervorhersage und plant den nächsten Tag. In acht Wochen sanken die Kosten um 23 Prozent, obwohl mehr Strom verbraucht wurde als im Vorjahr.

Die Bademeister können den Plan jederzeit überstimmen. Sie taten es elfmal, meist vor Schwimmkursen für Kleinkinder.

Die Stadt prüft nun, ob auch die Eishalle und das Klärwerk dem Wind folgen können.
`,
    },
  },
  {
    kind: "retracted",
    slug: "hartford-robot-inspectors",
    title: "RETRACTED: Hartford says drones inspect every bridge in a weekend",
    notice:
      "This article has been retracted. The city's announcement described a plan, not an inspection that took place. We should have checked it before publication, and we apologise to our readers.",
  },
];
