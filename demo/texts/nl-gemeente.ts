import type { Text } from "../text.ts";

/** Teksten van de Gemeentekrant. */
export const NL_GEMEENTE: Text[] = [
  {
    slug: "zwolle-vergunning-dakkapel",
    title: "Zwolle keurt dakkapellen binnen een kwartier goed",
    author: "Femke Wolthuis",
    body: `
Wie in Zwolle een dakkapel aan de achterkant wil bouwen, heeft binnen een kwartier antwoord. De gemeente laat een rekenmodel controleren of het ontwerp aan de regels voldoet en geeft de vergunning meteen af als er niets te wegen valt.

Dat lukt in 68 procent van de aanvragen. De rest, bijvoorbeeld bij monumenten of in een bocht van de stadsgracht, gaat zoals vroeger naar een medewerker. Die heeft daar nu meer tijd voor; de gemiddelde behandeling daalde van zes weken naar negen dagen.

De regels zelf zijn openbaar en door iedereen te testen. Een plaatselijke architect vond zo twee tegenstrijdigheden in het bestemmingsplan voor Stadshagen, die de raad inmiddels heeft rechtgezet.

Buren krijgen nog altijd bericht en kunnen bezwaar maken. Dat gebeurt niet vaker dan voorheen, al klagen sommigen dat zij door de snelheid pas van de plannen horen als de steigers staan. De gemeente stuurt daarom nu een kaartje voordat de aannemer begint.

Deventer en Kampen nemen het model over. In Amersfoort wil men eerst weten hoe het omgaat met asbest.
`,
  },
  {
    slug: "fietsenstalling-data-utrecht",
    title: "Utrecht telt fietsen om lege plekken te vinden",
    author: "Joris van Amerongen",
    body: `
De grootste fietsenstalling ter wereld staat in Utrecht en was op dinsdagochtend toch vol. Nu wijzen borden al bij de Catharijnesingel de weg naar de dichtstbijzijnde vrije plek, want de stad telt in elf stallingen mee met sensoren in de rekken.

Er kwamen geen plekken bij, maar de bezetting is wel eerlijker verdeeld. Op het Jaarbeursplein, waar vroeger honderden rekken leeg bleven, staat sinds september anderhalf keer zoveel. Het aantal fout geparkeerde fietsen in de binnenstad nam met een vijfde af.

De sensor ziet of er een voorwiel staat en meer niet. Een eerder plan om kentekens op frames te scannen sneuvelde in de raad, nadat een hoogleraar had voorgerekend hoe precies iemands weekpatroon daaruit valt af te leiden.

Handig is de telling ook voor wrakken. Staat een fiets langer dan 28 dagen stil, dan komt een medewerker kijken. Vorig jaar leverde dat 6.300 weesfietsen op; de helft kreeg een nieuw leven in werkplaatsen voor statushouders.

De gegevens staan elke vijf minuten online. Een student maakte er een horloge-app van, die de stad nu officieel aanbeveelt.
`,
  },
  {
    slug: "digid-machtigen-mantelzorg",
    title: "Mantelzorgers hoeven geen wachtwoord meer te lenen",
    author: "Femke Wolthuis",
    body: `
Een dochter die de zorgtoeslag van haar vader regelt, deed dat tot voor kort meestal met zijn wachtwoord. Verboden, maar iedereen wist ervan. In Groningen en Assen loopt sinds het voorjaar een proef waarin zij een eigen machtiging krijgt, af te geven aan de balie van de bibliotheek.

Vader en dochter komen één keer samen langs. Een medewerker vraagt onder vier ogen of hij dit echt wil en legt vast waarvoor het geldt: toeslagen wel, bankzaken niet, en hooguit twee jaar. Intrekken kan met een telefoontje.

Tot nu toe zijn 2.450 machtigingen afgegeven. In 31 gevallen weigerde de medewerker, omdat er twijfel was over dwang of omdat iemand niet begreep waar het om ging. Dan kijkt een wijkteam mee.

Belastingdienst en zorgverzekeraars sluiten later aan. Zij moeten hun systemen aanpassen, want die gaan er nog van uit dat achter elke inlog maar één mens zit.

Ouderenorganisaties zijn enthousiast, met een kanttekening. Wie bedlegerig is, komt niet in de bibliotheek. Daarvoor gaan vanaf januari twee medewerkers met een koffertje op huisbezoek.
`,
  },
  {
    slug: "rotterdam-algoritmeregister",
    title: "Rotterdam zet ook de mislukte algoritmen in het register",
    author: "Joris van Amerongen",
    body: `
Een register van algoritmen laat zien wat werkt. Rotterdam voegt daar nu aan toe wat niet werkte. Dertien projecten die voortijdig zijn gestopt, staan met naam, kosten en reden op de website van de stad.

Daartussen zit een model dat moest voorspellen welke straten zwerfvuil krijgen. Het bleek vooral te voorspellen waar mensen klagen, en dat zijn de buurten waar men de gemeente weet te vinden. Ook een camera die scheefgroeiende bomen herkent, ging na twee stormen terug in de doos.

Het idee komt van de rekenkamer, die vaststelde dat afdelingen dezelfde fouten herhaalden omdat niemand erover schreef. Een wethouder moest even slikken, vertelt zij, maar een register met alleen successen is reclame.

Leveranciers kregen inzage voordat de teksten verschenen. Twee van hen maakten bezwaar tegen de beschrijving van hun product; in één geval is een zin aangepast.

De lijst heeft al geld bespaard. Schiedam zag af van een contract voor slimme afvalbakken nadat het de Rotterdamse ervaringen had gelezen, en stuurde als dank een taart.
`,
  },
  {
    slug: "waterschap-open-sluizen",
    title: "Friese schippers zien op hun telefoon welke brug opengaat",
    author: "Femke Wolthuis",
    body: `
Wachten voor een brug hoort bij varen in Friesland, maar niemand doet het graag. De provincie toont sinds deze zomer voor 54 bruggen en sluizen wanneer ze opengaan, hoeveel boten er liggen en of het de moeite loont om gas terug te nemen.

De brugwachters bedienen de meeste objecten vanuit een post in Leeuwarden. Hun planning, die vroeger op een whiteboard stond, wordt nu automatisch gedeeld. Aan de andere kant krijgt het wegverkeer een seintje, zodat bussen en ambulances een omweg kunnen kiezen.

Volgens een meting op het Prinses Margrietkanaal voeren vrachtschepen gemiddeld twee kilometer per uur langzamer en kwamen zij toch even laat aan. Dat scheelt brandstof, en de oevers slijten minder.

De pleziervaart is lastiger. Huurders van sloepen kijken op hun telefoon, zien een groene stip en komen met tien tegelijk. In Lemmer is daarom een steward neergezet, ouderwets met een fluitje.

Noord-Holland neemt volgend seizoen deel. De gegevens volgen een Europese norm, waardoor ook Duitse vaarapps ze kunnen tonen.
`,
  },
];
