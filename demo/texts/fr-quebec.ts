import type { Text } from "../text.ts";

/** Textes de La Ville branchée. */
export const FR_QUEBEC: Text[] = [
  {
    slug: "deneigement-temps-reel-sherbrooke",
    title: "Sherbrooke montre ses déneigeuses en temps réel",
    author: "Geneviève Lajoie",
    body: `
Où est passée la charrue ? À Sherbrooke, la question ne se pose plus au téléphone mais sur une carte. Depuis la première bordée de novembre, chacun peut suivre les 94 véhicules de la municipalité et voir quelles rues seront dégagées dans l’heure.

La ligne 311 en ressent l’effet : 2 900 appels pendant la dernière tempête, contre 7 600 lors d’un épisode comparable l’an dernier. Les téléphonistes peuvent enfin s’occuper des bancs de neige devant les arrêts d’autobus adaptés.

Les cols bleus craignaient d’être surveillés. L’entente signée avec le syndicat prévoit un délai de trois minutes sur la carte, aucune mention du nom des conducteurs et l’effacement des trajets au printemps.

Le système ne se contente pas d’afficher. Il apprend quelles côtes glacent en premier et suggère d’y passer avant l’heure de pointe. Rue King, le nombre de sorties de route a diminué de moitié par rapport à la moyenne de cinq hivers.

Gatineau et Trois-Rivières ont demandé une démonstration. La Ville leur offre le logiciel gratuitement, mais pas les charrues, précise en riant le directeur des travaux publics.
`,
  },
  {
    slug: "dossier-citoyen-innu",
    title: "Une municipalité et un conseil innu partagent un même portail",
    author: "Félix Beaulieu",
    body: `
À Sept-Îles, le portail des services parle maintenant innu. La municipalité et le conseil d’Uashat mak Mani-utenam ont inauguré un site commun où les résidents des deux territoires règlent leurs permis, leurs inscriptions aux loisirs et leurs demandes de collecte.

La traduction n’a pas été confiée à une machine. Neuf aînés et quatre étudiantes ont travaillé pendant huit mois, inventant au passage des mots pour « mot de passe » et « pièce jointe ». Leur lexique est accessible à toutes les communautés.

Le choix de l’hébergement a pris plus de temps que celui des couleurs. Les données des membres de la communauté restent sur des serveurs que le conseil administre lui-même, conformément aux principes de propriété et de contrôle que défendent les Premières Nations.

Pendant les six premières semaines, un tiers des visites s’est fait en langue innue, surtout le soir et depuis un téléphone. La demande la plus fréquente concerne les permis de chauffage au bois.

D’autres villes de la Côte-Nord observent l’expérience. Le ministère responsable promet un soutien financier, sans avancer encore de chiffre.
`,
  },
  {
    slug: "bornes-recharge-ruelles",
    title: "Montréal branche ses ruelles aux lampadaires",
    author: "Geneviève Lajoie",
    body: `
Recharger une voiture sans entrée privée relève du casse-tête dans Rosemont ou Villeray. L’arrondissement y répond avec les moyens du bord : 230 lampadaires de ruelle, convertis à l’éclairage à diodes, ont désormais assez de puissance en réserve pour alimenter une prise.

L’automobiliste apporte son câble et s’identifie avec sa carte de transport. Une heure coûte un dollar vingt, moins la nuit. Quand le réseau est très sollicité, par exemple un soir de grand froid, la recharge ralentit d’elle-même.

Hydro-Québec suit le projet de près, car ces ruelles pourraient un jour rendre du courant au lieu d’en prendre. Pour l’instant, vingt véhicules municipaux participent à un essai en ce sens.

Les résidents ont posé leurs conditions lors de quatre assemblées. Pas de place réservée, pas d’écran lumineux, et priorité aux voitures partagées un samedi sur deux. La moitié des prises se trouve à moins de deux cents mètres d’un logement social.

L’opération aura coûté 1,7 million de dollars. Selon les calculs de l’arrondissement, une borne classique au même endroit serait revenue six fois plus cher.
`,
  },
  {
    slug: "ia-traduction-tribunaux",
    title: "Gatineau suspend la traduction automatique de ses avis publics",
    author: "Félix Beaulieu",
    body: `
L’essai devait durer un an, il aura tenu onze semaines. La Ville de Gatineau a cessé de publier des avis publics traduits par une intelligence artificielle après qu’un avis d’ébullition de l’eau eut invité, en anglais, les résidents à « faire bouillir leurs enfants » avant consommation.

L’erreur a été corrigée en vingt-six minutes, mais la capture d’écran a fait le tour du monde. Le service des communications admet que la relecture humaine prévue au contrat n’avait pas lieu la fin de semaine.

Une vérification menée depuis a porté sur 412 textes. Dans neuf sur dix, la traduction était juste. Les fautes graves se concentraient dans les messages d’urgence, courts et sans contexte, justement ceux pour lesquels on voulait gagner du temps.

La Ville ne renonce pas pour autant. Les procès-verbaux et les fiches d’activités continueront de passer par la machine, avec une mention claire. Pour les urgences, elle a préparé avec des traductrices soixante messages types dont il suffit de remplir les blancs.

Le conseil municipal a exigé un rapport trimestriel. Il souhaite aussi savoir combien l’aventure a coûté.
`,
  },
  {
    slug: "donnees-eau-saguenay",
    title: "Saguenay repère ses fuites d’eau à l’oreille",
    author: "Geneviève Lajoie",
    body: `
Sous les rues de Chicoutimi, 340 petits microphones aimantés écoutent les conduites chaque nuit entre deux et quatre heures, quand la ville dort. Une fuite siffle à une fréquence que l’oreille humaine ne perçoit pas et que l’ordinateur compare d’une borne à l’autre.

En dix mois, Saguenay a localisé 127 bris, dont un, sous le boulevard Talbot, qui laissait filer de quoi alimenter quatre cents maisons. Réparer au bon endroit du premier coup évite d’ouvrir trois trous au lieu d’un, et les équipes passent moins de journées à creuser par grand froid.

La production d’eau potable a baissé de 11 %. La Ville repousse du même coup l’agrandissement de son usine de filtration, un chantier évalué à 23 millions de dollars.

Les relevés sont diffusés en données ouvertes, à un détail près : l’emplacement exact des conduites qui desservent l’hôpital et la prison demeure confidentiel.

Prochaine étape, les compteurs. Contrairement à d’autres municipalités, Saguenay n’en posera pas dans les maisons. Elle mesurera par quartier, assez finement pour savoir où chercher, trop grossièrement pour savoir qui arrose sa pelouse.
`,
  },
];
