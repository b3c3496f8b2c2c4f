import type { Text } from "../text.ts";

/** Textes de Numérique & Cité. */
export const FR_CITE: Text[] = [
  {
    slug: "guichet-unique-bretagne",
    title: "En Bretagne, un seul dossier pour la cantine, le car et la bourse",
    author: "Maëlle Kervadec",
    body: `
Inscrire un enfant à la cantine, demander une carte de car scolaire et déposer une demande de bourse : trois démarches, trois sites et, jusqu’à cet automne, trois fois les mêmes justificatifs. À Rennes, Vitré et Fougères, les familles remplissent désormais un dossier unique en une douzaine de minutes.

Le principe est simple. Avec l’accord des parents, la collectivité interroge directement l’administration fiscale et la caisse d’allocations familiales. Elle ne reçoit que la tranche du quotient familial, jamais le montant des revenus.

Sur les 18 000 dossiers déposés depuis l’ouverture, 82 % n’ont demandé aucune pièce jointe. Les agents consacrent le temps gagné aux familles recomposées et aux gardes alternées, qui restent les cas les plus délicats.

Tout n’est pas réglé. Les communes rurales utilisent une dizaine de logiciels différents, et trois éditeurs refusent encore d’ouvrir leurs interfaces sans supplément. La région menace de ne plus subventionner leurs contrats.

Le département du Finistère rejoindra le dispositif à la rentrée prochaine. Un accueil téléphonique en breton et en turc est également prévu.

Derrière l’écran, le travail a surtout consisté à se mettre d’accord sur des mots. Qu’est-ce qu’un foyer ? La caisse d’allocations en a une définition, le fisc une autre, les cantines une troisième, variable selon les communes. Il a fallu onze réunions pour aboutir à un tableau d’équivalences, que les élus ont voté à l’unanimité.

> Nous avons cessé de demander aux familles de traduire une administration pour une autre.

Les directrices d’école, d’abord sceptiques, citent un bénéfice inattendu : les allergies et les autorisations de sortie, saisies une seule fois, suivent l’enfant du car à la cantine. Les parents peuvent les modifier à tout moment et voir qui les a consultées.

Reste la question de ceux qui n’ont ni ordinateur ni téléphone récent. Dans douze mairies, une agente remplit le dossier avec eux, sans rendez-vous, le mercredi et le samedi matin. Près de 1 900 familles y ont eu recours. Beaucoup, note la coordinatrice du projet, reviennent l’année suivante pour aider une voisine.
`,
  },
  {
    slug: "lyon-capteurs-bruit",
    title: "Lyon écoute ses rues pour choisir son enrobé",
    author: "Étienne Vasseur",
    body: `
Cent vingt boîtiers gris, pas plus grands qu’un livre de poche, mesurent depuis un an le bruit des rues de Lyon et de Villeurbanne. Ils n’enregistrent aucune conversation : le son est transformé sur place en une valeur par seconde, puis effacé.

Les résultats ont surpris les services de la voirie. Le boulevard le plus bruyant n’est pas un axe routier mais une rue pavée de la Croix-Rousse, où les livraisons commencent à cinq heures. À l’inverse, l’abaissement de la vitesse à trente kilomètres à l’heure a réduit le niveau nocturne de trois décibels, soit une division par deux de l’énergie sonore.

La métropole utilise ces mesures pour décider où poser un enrobé acoustique, deux fois plus cher que le revêtement ordinaire. Neuf kilomètres seront refaits d’ici à l’été, en commençant par les abords des écoles et de l’hôpital Édouard-Herriot.

Les données brutes sont publiées chaque nuit. Une association de riverains y a repéré un groupe de ventilation défectueux que personne n’avait réussi à localiser.

Le coût total s’élève à 640 000 euros. Les boîtiers fonctionneront encore quatre ans, le temps de vérifier que le silence promis dure.
`,
  },
  {
    slug: "cyberattaque-hopital-alpes",
    title: "Six semaines après l’attaque, un hôpital alpin retrouve ses écrans",
    author: "Maëlle Kervadec",
    body: `
Le centre hospitalier de Briançon a rallumé lundi son dernier service informatique, celui de la stérilisation. Six semaines plus tôt, un courriel ouvert un dimanche soir avait suffi à paralyser 1 100 postes de travail.

Pendant ce temps, les prescriptions ont circulé sur des feuilles de couleur : rose pour la pharmacie, vert pour la radiologie. Onze opérations ont été reportées, aucune urgence n’a été refusée. Gap et Grenoble ont accueilli les patients qui avaient besoin d’un scanner.

La direction n’a versé aucune rançon. Une partie des fichiers du personnel a toutefois été mise en ligne, et les 900 salariés concernés ont reçu une lettre ainsi qu’un numéro d’appel.

> Ce qui nous a sauvés, c’est une armoire d’archives que l’on voulait jeter.

L’agence régionale de santé tire trois enseignements : séparer les appareils médicaux du reste du réseau, conserver une sauvegarde débranchée et répéter l’exercice chaque hiver. Elle finance des coffres de documents imprimés dans les quatorze hôpitaux de montagne.

Le parquet de Paris a ouvert une enquête. Selon nos informations, le groupe à l’origine de l’attaque avait déjà visé une clinique du Tyrol en juin.
`,
  },
  {
    slug: "identite-numerique-seniors",
    title: "Dans la Creuse, les facteurs accompagnent l’identité numérique",
    author: "Étienne Vasseur",
    body: `
À Bourganeuf, la factrice ne repart plus aussitôt le courrier distribué. Sur rendez-vous, elle s’assoit à la table de la cuisine et aide les habitants à créer leur identité numérique, carte nationale et téléphone en main. L’opération dure une demi-heure.

Le conseil départemental de la Creuse finance 4 500 de ces visites. Il est parti d’un constat : la préfecture est à quarante minutes de route, les bus sont rares et deux habitants sur cinq ont plus de soixante ans.

Les factrices et facteurs ont suivi trois jours de formation. Ils ne touchent jamais le téléphone et ne notent aucun code. En cas de doute sur la volonté de la personne, ils interrompent la séance et préviennent un travailleur social ; cela s’est produit sept fois.

Après quatre mois, 1 260 personnes disposent d’une identité vérifiée. La plupart s’en servent pour leur dossier médical ou leur retraite, quelques-unes pour voter aux élections de leur mutuelle.

Le syndicat des postiers soutient l’initiative mais réclame que le temps soit réellement décompté des tournées. La direction s’y est engagée par écrit pour 2027.
`,
  },
  {
    slug: "commande-publique-logiciels-libres",
    title: "Quarante villes achètent ensemble un logiciel d’état civil libre",
    author: "Maëlle Kervadec",
    body: `
Faute de pouvoir négocier seules, quarante villes moyennes, de Dunkerque à Perpignan, ont décidé d’acheter ensemble leur logiciel d’état civil. Particularité du marché : le code appartiendra aux communes, qui le publieront sous licence libre.

L’appel d’offres a été remporté par une coopérative de Nantes associée à deux petites entreprises de Clermont-Ferrand. Le contrat, de 3,4 millions d’euros sur cinq ans, représente à peu près ce que les mêmes villes payaient chaque année en licences.

La reprise des données est le morceau le plus dur. Certains registres numérisés dans les années quatre-vingt-dix ont perdu leurs accents, d’autres confondent lieu de naissance et domicile. Des archivistes retraités ont accepté de relire les cas douteux.

Troyes et Bayonne basculeront les premières, en avril. Les deux maires ont obtenu qu’aucun acte ne soit retardé : pendant deux semaines, l’ancien et le nouveau logiciel tourneront côte à côte.

Les éditeurs historiques dénoncent une concurrence faussée. La juridiction administrative a rejeté leur premier recours, estimant qu’une ville peut préférer un logiciel qu’elle a le droit de modifier.
`,
  },
];
