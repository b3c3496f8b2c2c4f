import type { Text } from "../text.ts";

/** Texte von Rathaus Digital. */
export const DE_RATHAUS: Text[] = [
  {
    slug: "ummeldung-per-app",
    title: "Augsburg meldet Umzüge in vier Minuten um",
    author: "Katrin Seidl",
    body: `
Wer innerhalb von Augsburg umzieht, braucht dafür kein Wartezimmer mehr. Seit Anfang des Monats lässt sich die neue Adresse mit Ausweis und Telefon melden; im Mittel dauert der Vorgang vier Minuten. Den Aufkleber für den Personalausweis schickt die Stadt mit der Post.

Möglich wurde das, weil Vermieter ihre Bestätigung nun selbst elektronisch abgeben. Die beiden großen Wohnungsgenossenschaften haben ihre Verwaltungssoftware angebunden, private Eigentümer erhalten einen Link mit einem Einmalkennwort.

In den ersten drei Wochen nutzten 1.870 Haushalte den neuen Weg, das sind gut sechs von zehn Umzügen. Im Bürgerbüro am Rathausplatz sank die Wartezeit dadurch von 48 auf 19 Minuten, wovon auch jene profitieren, die lieber persönlich kommen.

Ganz reibungslos lief der Start nicht. Bei Familien mit verschiedenen Nachnamen verlangte das System zunächst für jedes Kind eine eigene Anmeldung. Dieser Fehler ist behoben, ein zweiter noch nicht: Wer aus dem Ausland zuzieht, muss weiterhin vorsprechen.

Die Stadt stellt ihren Programmcode anderen Kommunen zur Verfügung. Kempten und Ingolstadt wollen ihn noch in diesem Winter übernehmen.

## Was der Datenschutz verlangt

Der bayerische Landesbeauftragte hat das Verfahren vorab geprüft und zwei Auflagen gemacht. Vermieter dürfen nur bestätigen, dass jemand eingezogen ist, nicht aber sehen, wer sonst noch in der Wohnung gemeldet ist. Und die Bilder des Ausweises, die beim Auslesen entstehen, müssen das Telefon nie verlassen.

Bürgerreferent Frank Plendl rechnet vor, was die Umstellung gekostet hat: 260.000 Euro für die Entwicklung, dazu zwei Stellen für ein Jahr. Dem stehen rund 9.000 Stunden gegenüber, die seine Leute künftig nicht mehr mit Abtippen verbringen. Gekürzt werde trotzdem nicht, versichert er, denn in der Ausländerbehörde und beim Wohngeld fehle Personal an allen Ecken.

> Niemand zieht um, weil das Amt es so schön macht. Aber niemand soll sich deshalb einen Tag freinehmen müssen.

Ein Punkt blieb im Stadtrat umstritten. Die Opposition wollte den Gang zum Schalter mit einer kleinen Gebühr belegen, um mehr Menschen zum Umstieg zu bewegen. Dafür fand sich keine Mehrheit. Wer will, kann sich weiterhin mit Papier und Kugelschreiber ummelden, auch samstags im Bürgerbüro Haunstetten.

Die nächste Stufe ist bereits terminiert. Im Mai soll die Abmeldung des Autos hinzukommen, im Herbst die des Hundes. Letztere, so heißt es im Steueramt, werde erstaunlich oft vergessen.
`,
  },
  {
    slug: "funknetz-muelltonnen",
    title: "Volle Tonnen melden sich selbst: Ulm spart 40.000 Kilometer",
    author: "Jonas Breitner",
    body: `
Die Müllwagen der Entsorgungsbetriebe Ulm fahren nur noch, wenn es sich lohnt. In 620 Papier- und Glascontainern misst ein Sensor den Füllstand und meldet ihn zweimal täglich über ein stadteigenes Funknetz. Aus den Daten berechnet ein Programm jeden Morgen neue Touren.

Nach einem Jahr liegt die Bilanz vor. Die Fahrzeuge legten 40.000 Kilometer weniger zurück, verbrauchten 17.000 Liter Diesel weniger, und die Beschwerden über überquellende Container halbierten sich. Dem stehen Kosten von 118.000 Euro für Technik und Betrieb gegenüber, die sich nach Rechnung der Stadt in drei Jahren tragen.

## Skepsis bei den Fahrern

Die Belegschaft war anfangs wenig begeistert. Feste Touren bedeuten feste Pausen, und mancher Fahrer kannte seine Strecke seit zwanzig Jahren auswendig. Der Personalrat setzte durch, dass niemand nach Sekunden bewertet wird; Standortdaten werden nach zwei Tagen gelöscht.

Überraschend war, wo es hakt. Im Winter frieren die Deckel der Messgeräte fest, und im Sommer nisten Wespen darin. Beides löst nun ein Gummiring für wenige Cent, den ein Auszubildender vorgeschlagen hat.

Das Funknetz soll künftig auch Pegelstände der Blau und die Bodenfeuchte an Straßenbäumen übertragen.
`,
  },
  {
    slug: "registermodernisierung-geburt",
    title: "Nach der Geburt nur noch eine Unterschrift",
    author: "Katrin Seidl",
    body: `
Eltern in Nürnberg und Fürth müssen nach der Geburt eines Kindes nicht mehr von Amt zu Amt laufen. Mit einer einzigen Einwilligung, die sie noch in der Klinik geben können, stoßen sie Geburtsurkunde, Kindergeld und Elterngeld zugleich an.

Bislang verlangten drei Behörden insgesamt vierzehn Nachweise, darunter zweimal dieselbe Urkunde im Original. Nun fragen die Stellen die Angaben untereinander ab. Jede Abfrage erscheint in einem Protokoll, das die Eltern einsehen können.

An dem Versuch nehmen vier Krankenhäuser teil. Von 930 Familien, denen die Einwilligung angeboten wurde, stimmten 871 zu. Das Elterngeld war im Schnitt nach sechzehn Tagen auf dem Konto; vorher vergingen oft zwei Monate.

Datenschützer begleiten das Projekt und zeigen sich vorsichtig zufrieden. Kritisch sehen sie, dass Einkommensdaten aus drei Jahren übertragen werden, obwohl meist eines genügen würde. Das Familienministerium prüft, ob sich die Abfrage begrenzen lässt.

Schwierig bleibt es für Selbstständige, deren Steuerbescheid noch aussteht, und für Eltern ohne gemeinsamen Wohnsitz. Für sie gibt es eine Beratung in beiden Rathäusern, auf Wunsch auch abends.
`,
  },
  {
    slug: "ki-posteingang",
    title: "Wie eine Kreisverwaltung ihre Post sortieren lässt",
    author: "Jonas Breitner",
    body: `
Rund 2.300 Briefe und Mails gehen jeden Tag im Landratsamt Passau ein. Seit September liest ein Sprachmodell mit und schlägt vor, welches Sachgebiet zuständig ist. Die Entscheidung trifft weiterhin ein Mensch, meist mit einem einzigen Klick.

Das Modell läuft auf einem Rechner im Keller des Amtes. Ein Angebot aus der Cloud hatte der Kreistag abgelehnt, weil Gesundheitsdaten und Vollstreckungen darunter sind. Trainiert wurde es mit 60.000 alten Vorgängen, aus denen Namen und Aktenzeichen entfernt worden waren.

In 91 Prozent der Fälle stimmt der Vorschlag. Die Poststelle bearbeitet ihren Eingang nun bis zehn Uhr statt bis zum frühen Nachmittag. Bei Handschrift und bei bairisch formulierten Beschwerden liegt die Software allerdings häufig daneben, wie Amtsleiterin Rosa Hinterleitner mit einem Lächeln einräumt.

Ein Fehler hatte Folgen: Ein Widerspruch gegen einen Bescheid landete beim Fundbüro und blieb dort fünf Tage liegen. Seither werden alle Schreiben, in denen eine Frist vorkommt, doppelt geprüft.

Der Kreis veröffentlicht jeden Monat, wie oft das Modell irrte und wobei. Acht weitere Landkreise haben sich die Anlage angesehen.
`,
  },
  {
    slug: "glasfaser-gewerbegebiet",
    title: "Glasfaser erst für Schulen: Regensburg ändert die Reihenfolge",
    author: "Miriam Ostertag",
    body: `
Alle 54 Schulen in Regensburg sind seit dieser Woche mit Glasfaser versorgt, drei Jahre früher als geplant. Die Stadt hatte die Ausbauplanung umgestellt, nachdem eine Lehrerin dem Bauausschuss vorgeführt hatte, wie lange ein Lehrfilm zum Laden braucht.

Bis dahin galt der Grundsatz, dort zu graben, wo die meisten Haushalte auf einmal angeschlossen werden können. Nun liegen die Schulen vorn, und von ihnen aus verzweigen sich die Leitungen in die Wohnviertel. Der Umweg kostete 1,3 Millionen Euro zusätzlich, die der Freistaat zur Hälfte übernimmt.

Im Stadtteil Burgweinting zeigte sich ein Nebeneffekt. Weil die Trasse ohnehin offen war, verlegte das Tiefbauamt Leerrohre für Ladesäulen und ein Fernwärmekabel zur Messung gleich mit. Solche Absprachen waren früher am Streit um die Kosten gescheitert; jetzt gibt es dafür einen gemeinsamen Kalender aller Versorger.

Unzufrieden ist die Wirtschaft. Im Gewerbegebiet Ost warten 70 Betriebe weiter auf einen Anschluss. Der Wirtschaftsreferent verspricht ihnen einen Termin im kommenden Sommer und bis dahin günstigere Tarife über Funk.
`,
  },
  {
    slug: "it-notfall-uebung",
    title: "Drei Tage ohne Computer: Landshut probt den Ausfall",
    author: "Miriam Ostertag",
    body: `
Am Dienstag um sieben Uhr zog ein Mitarbeiter im Keller des Landshuter Rathauses den Stecker. Was folgte, war mit dem Oberbürgermeister abgesprochen, mit den meisten Beschäftigten aber nicht: eine dreitägige Übung unter der Annahme, dass Erpresser sämtliche Server verschlüsselt haben.

Das Standesamt traute am Nachmittag ein Paar mit einem Formular aus dem Jahr 1994. Die Kasse zahlte Sozialhilfe in bar aus, gegen Unterschrift und unter Aufsicht der Polizei. Weniger gut lief es in der Ausländerbehörde, wo niemand wusste, welche Aufenthaltstitel in dieser Woche ablaufen.

Am Ende standen 83 Punkte auf der Liste. Viele kosten wenig: gedruckte Telefonlisten, ein Satz Diensthandys in einem versiegelten Schrank, ein Kopierer ohne Netzanschluss. Teurer wird ein zweites Rechenzentrum, das die Stadt gemeinsam mit Dingolfing betreiben will.

Der Bundesverband kommunaler Rechenzentren nennt die Übung vorbildlich. Von 700 befragten Gemeinden hat nach seiner Erhebung nur jede neunte jemals ausprobiert, wie lange sie ohne Technik arbeitsfähig bleibt.

Im Frühjahr will Landshut die Übung wiederholen, dann ohne Vorwarnung und mitten in der Ferienzeit, wenn die erfahrensten Kräfte fehlen. Die Ergebnisse sollen erneut öffentlich vorgestellt werden, einschließlich der peinlichen.
`,
  },
];
