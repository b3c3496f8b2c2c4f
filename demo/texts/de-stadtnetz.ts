import type { Text } from "../text.ts";

/** Texte von Stadtnetz Wien. */
export const DE_STADTNETZ: Text[] = [
  {
    slug: "grazer-ampeln-radfahrer",
    title: "Grazer Ampeln erkennen Radfahrer schon aus 80 Metern",
    author: "Lena Pichler",
    body: `
An zwölf Kreuzungen in Graz müssen Radfahrerinnen und Radfahrer seltener absteigen. Wärmebildkameras erfassen sie aus rund 80 Metern Entfernung und verlängern die Grünphase, wenn eine Gruppe naht. Gesichter oder Kennzeichen lassen sich auf den Bildern nicht erkennen.

Die Technische Universität hat das erste halbe Jahr ausgewertet. Auf der Strecke vom Hauptbahnhof zum Jakominiplatz sank die Zahl der Halte von 5,1 auf 2,8. Der Autoverkehr verlor im Mittel neun Sekunden, die Straßenbahn gar nichts, weil sie weiterhin Vorrang genießt.

Bei Nebel versagte das System anfangs. Seit die Kameras beheizt werden, liegt die Erkennungsrate auch im November über 95 Prozent. Teuer ist die Technik nicht: Eine Kreuzung umzurüsten kostet etwa so viel wie ein gebrauchter Kleinwagen.

Die Radlobby lobt den Versuch, wünscht sich aber breitere Wege statt klügerer Ampeln. Verkehrsstadträtin Judith Schwentner-Kogler will beides und kündigt zwanzig weitere Kreuzungen an, sofern der Gemeinderat im Jänner zustimmt.

Auch andere Städte haben sich gemeldet, darunter Villach und Maribor. Sie wollen vor allem wissen, ob die Kameras Schulklassen zu Fuß ebenso zuverlässig erkennen. Ein Test dazu läuft seit Oktober vor einem Gymnasium in Eggenberg.
`,
  },
  {
    slug: "wiener-baumkataster-offen",
    title: "Wien gibt den Stammbaum seiner Stadtbäume frei",
    author: "Thomas Hrdlicka",
    body: `
Welcher Ahorn vor welcher Haustür steht, wie alt er ist und wann er zuletzt geschnitten wurde: All das lässt sich in Wien nun für 487.000 Bäume nachschlagen. Die Stadtgärten haben ihr internes Verzeichnis als offene Daten veröffentlicht, einschließlich der Befunde der letzten zehn Jahre.

Anlass war ein Rechtsstreit. Eine Anrainerin in Hernals hatte wissen wollen, weshalb drei Linden gefällt wurden, und die Unterlagen erst nach vierzehn Monaten bekommen. Nun steht bei jedem Baum, wer ihn begutachtet hat und mit welchem Ergebnis.

Eine Gruppe von Schülern aus Floridsdorf entdeckte binnen weniger Tage, dass rund 2.000 Einträge am falschen Ufer der Donau lagen. Die Stadt bedankte sich mit einer Führung durch die Baumschule in Mauerbach.

Forscherinnen der Universität für Bodenkultur wollen mit den Daten klären, welche Arten heiße Sommer am besten überstehen. Erste Hinweise sprechen für die Zürgelbäume am Gürtel, während Rosskastanien in dicht verbauten Gassen oft kränkeln.

Geplant ist außerdem eine Patenschaft per Telefon: Wer einen Jungbaum gießt, trägt es ein, und die Gärtner sparen sich die Fahrt.
`,
  },
  {
    slug: "salzburg-digitaler-meldezettel",
    title: "Salzburger Hotels schaffen den Meldezettel auf Papier ab",
    author: "Lena Pichler",
    body: `
Der Meldezettel, den Gäste seit Generationen am Empfang ausfüllen, ist in Salzburg bald Geschichte. Ab der Sommersaison übermitteln alle Betriebe mit mehr als zehn Betten die Daten elektronisch an die Gemeinde; kleinere dürfen, müssen aber nicht.

Gäste scannen einen Code und geben Name, Geburtsdatum und Herkunftsland frei. Mehr bekommt das Hotel nicht zu sehen. Die Ortstaxe wird automatisch berechnet, was den Gemeinden bisher viel Streit mit vergesslichen Vermietern einbrachte.

Im Probebetrieb in Zell am See füllten 22.000 Gäste das Formular am Telefon aus, im Mittel in fünfzig Sekunden. Ein Viertel griff lieber zum Stift. Dafür liegt weiterhin ein Blatt bereit, das der Betrieb selbst abtippt.

Die Polizei erhält keinen direkten Zugriff, sondern muss wie bisher im Einzelfall anfragen. Das war dem Datenschutzrat wichtig, der zwei frühere Entwürfe abgelehnt hatte.

Für die Hotellerie rechnet die Wirtschaftskammer mit einer Ersparnis von 1,9 Millionen Euro im Jahr. Wie viel Papier dadurch wegfällt, hat jemand ausgerechnet: aufeinandergelegt ein Stapel, so hoch wie die Festung.
`,
  },
  {
    slug: "linz-heizwerk-daten",
    title: "Ein digitaler Zwilling hilft Linz beim Heizen",
    author: "Thomas Hrdlicka",
    body: `
Wenn es in Linz kalt wird, weiß das Fernheizwerk schon am Vorabend, welche Stadtteile zuerst frieren. Ein Rechenmodell bildet 290 Kilometer Rohre, 85.000 Wohnungen und die Wettervorhersage nach und schlägt vor, wann welche Pumpe anlaufen soll.

Damit lässt sich die Vorlauftemperatur um sechs Grad senken, ohne dass jemand im Kalten sitzt. Nach Angaben der Betreiberin spart das pro Winter Gas für 3.100 Haushalte. Die morgendliche Spitze, für die früher ein Ölkessel bereitstand, ist seit zwei Jahren ohne ihn bewältigt worden.

Die Daten stammen aus Wärmezählern in den Kellern, nicht aus den Wohnungen. Mietervertreter hatten darauf bestanden. Wer dennoch Einblick in seinen eigenen Verbrauch möchte, kann ihn freischalten und bekommt einen monatlichen Vergleich mit ähnlichen Häusern.

Das Modell hatte auch Kritiker im eigenen Haus. Als es während einer Kältewelle empfahl, eine Leitung in Urfahr zu drosseln, weigerte sich der Schichtleiter, und er behielt recht: Ein Ventil war falsch eingezeichnet. Seither darf die Software nur vorschlagen.
`,
  },
  {
    slug: "burgenland-amtsweg-bus",
    title: "Das Amt kommt mit dem Bus ins Südburgenland",
    author: "Lena Pichler",
    body: `
Jeden zweiten Mittwoch hält vor der Kirche in Heiligenbrunn ein umgebauter Linienbus, und drinnen sitzt das Amt. Zwei Beamtinnen verlängern Führerscheine, nehmen Anträge auf Pflegegeld entgegen und richten auf Wunsch die elektronische Identität am Telefon ein.

Neunzehn Gemeinden im Südburgenland teilen sich das Fahrzeug, seit die Außenstelle in Güssing nur noch an drei Tagen offen hat. Im ersten Jahr kamen 6.400 Menschen, im Schnitt 71 Jahre alt. Die Hälfte hätte ihr Anliegen auch online erledigen können, wusste es aber nicht oder traute sich nicht.

Genau dort setzt der Bus an. Statt das Formular selbst auszufüllen, drehen die Beamtinnen den Bildschirm um und lassen die Besucher tippen. Beim nächsten Mal, so die Hoffnung, klappt es daheim am Küchentisch.

Die Kosten von 210.000 Euro jährlich tragen Land und Gemeinden. Ob das Geld gut angelegt ist, darüber streitet der Landtag. Eine Zahl spricht dafür: In den besuchten Orten hat sich der Anteil der Menschen mit elektronischer Identität in zwölf Monaten verdoppelt.
`,
  },
  {
    slug: "klagenfurt-parkgebuehr-nach-laenge",
    title: "Klagenfurt berechnet Parkgebühren nach der Wagenlänge",
    author: "Thomas Hrdlicka",
    body: `
Ein Geländewagen braucht mehr Platz als ein Kleinwagen, also soll er in Klagenfurt auch mehr zahlen. Von März an richtet sich die Gebühr in der Innenstadt nach der Länge des Fahrzeugs, die das System aus dem Zulassungsregister abfragt.

Bis vier Meter bleibt es beim alten Preis, darüber steigt er in drei Stufen um bis zu sechzig Prozent. Menschen mit Behindertenausweis sind ausgenommen, ebenso Handwerker im Einsatz. Wer mit Münzen zahlt, wählt die Stufe selbst und riskiert bei einer Schummelei die doppelte Gebühr.

Der Verkehrsclub spricht von Abzocke, der Gemeindebund von einem klugen Modell. In Tübingen und Lyon gibt es Ähnliches bereits, allerdings nur beim Anwohnerparken und mit einem eigenen Antrag.

Technisch war vor allem die Abfrage heikel. Das Register darf nur Länge und Antriebsart zurückmelden, nicht aber den Namen der Halterin. Die Behörde hat dafür eine Schnittstelle gebaut, die jede Anfrage nach einer Minute vergisst.

Die Stadt erwartet Mehreinnahmen von 400.000 Euro und will damit zwei Buslinien häufiger fahren lassen.
`,
  },
];
