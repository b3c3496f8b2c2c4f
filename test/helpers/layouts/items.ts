/** An article in a layout. */
export interface LayoutItem {
  /** Path on the site. */
  path: string;
  title: string;
  teaser: string;
  published: Date;
}

const TEXTS: Record<string, [title: string, teaser: string][]> = {
  en: [
    [
      "Library cards now open the tool shed too",
      "Members of the city library can borrow drills and ladders with the card they already have.",
    ],
    [
      "Ferry timetable gets a live map",
      "Passengers see where each boat is and how late it will be at the next pier.",
    ],
    [
      "Council moves planning files online",
      "Since Monday every open planning application can be read without a visit to the town hall.",
    ],
    [
      "Street lamps that count pedestrians",
      "Forty lamps along the canal measure how busy the path is and dim when nobody is there.",
    ],
    [
      "One form for moving house",
      "Residents who move tell the city once, and the water board and the school office learn it too.",
    ],
    [
      "School meals paid with a city app",
      "Parents top up the account of their children at home instead of sending coins along.",
    ],
    [
      "Sensors find leaks before residents do",
      "The water board reports a fifth fewer burst pipes in the first year of its network.",
    ],
    [
      "Bus lanes get cameras after a long trial",
      "Drivers who block the lane will receive a letter from the first of March.",
    ],
    [
      "Town archive scans a century of maps",
      "Volunteers placed more than nine hundred sheets on today's map.",
    ],
    [
      "Waste bins tell when they are full",
      "Collection rounds are planned each morning by what the bins report.",
    ],
    [
      "Open data portal adds noise readings",
      "Figures of all twenty stations are published every hour and may be reused.",
    ],
    [
      "Residents vote on the park budget",
      "Two thirds of the votes came in by phone, most of them in the evening.",
    ],
  ],
  de: [
    [
      "Bauanträge lassen sich jetzt digital verfolgen",
      "Bauherren sehen im Netz, bei welchem Amt ihr Antrag gerade liegt und was noch fehlt.",
    ],
    [
      "Stadtwerke messen Grundwasser in Echtzeit",
      "Sechzig Pegel melden alle zehn Minuten, wie hoch das Wasser unter der Stadt steht.",
    ],
    [
      "Anwohnerparken ohne Gang zum Amt",
      "Den Ausweis gibt es nach fünf Minuten als Ausdruck oder auf dem Telefon.",
    ],
    [
      "Offenes WLAN in allen Buslinien",
      "Nach einem Versuch auf zwei Linien rüstet der Verkehrsbetrieb die ganze Flotte aus.",
    ],
    [
      "Rathaus zeigt Wartezeiten im Netz",
      "Wer einen Termin braucht, sieht vorher, an welchem Schalter es am schnellsten geht.",
    ],
    [
      "Neue Laternen sparen die Hälfte Strom",
      "Dreihundert Leuchten wurden getauscht, weitere achthundert folgen bis zum Sommer.",
    ],
    [
      "Kitaplätze werden zentral vergeben",
      "Eltern melden ihr Kind einmal an und wählen dabei bis zu fünf Einrichtungen.",
    ],
    [
      "Feuerwehr übt mit digitalem Zwilling",
      "Das Modell des Bahnhofs zeigt Rauch und Fluchtwege, bevor die Kräfte ausrücken.",
    ],
    [
      "Bürgerhaushalt geht in die dritte Runde",
      "Vorschläge können bis Ende des Monats eingereicht und bewertet werden.",
    ],
    [
      "Kreis verschickt Bescheide elektronisch",
      "Das spart im Jahr rund vierzigtausend Briefe und mehrere Tage Laufzeit.",
    ],
  ],
  fr: [
    [
      "La mairie ouvre ses données de voirie",
      "Les chantiers des trois prochains mois figurent désormais sur une carte en ligne.",
    ],
    [
      "Un guichet unique pour les associations",
      "Demandes de salle et de subvention passent par le même formulaire depuis lundi.",
    ],
    [
      "Des capteurs dans les bacs de verre",
      "Les tournées sont organisées chaque matin selon le taux de remplissage.",
    ],
    [
      "Le tramway affiche sa fréquentation",
      "Les voyageurs savent avant d'arriver quelle rame est la moins pleine.",
    ],
    [
      "Cantines: les menus paient par téléphone",
      "Les familles rechargent le compte de leurs enfants sans passer en mairie.",
    ],
    [
      "Une carte du bruit mise à jour chaque nuit",
      "Vingt stations mesurent le bruit des grands axes et publient leurs relevés.",
    ],
    [
      "Les archives numérisent les cadastres anciens",
      "Neuf cents plans sont consultables et peuvent être repris librement.",
    ],
    [
      "Le budget participatif bat son record",
      "Plus de douze mille habitants ont voté, dont la moitié depuis leur téléphone.",
    ],
    [
      "Stationnement: le macaron devient numérique",
      "Les résidents l'obtiennent en cinq minutes avec un justificatif de domicile.",
    ],
  ],
  es: [
    [
      "El ayuntamiento publica sus contratos en línea",
      "Los expedientes de más de tres mil euros se pueden consultar sin registro previo.",
    ],
    [
      "Paneles que avisan de la calidad del aire",
      "Doce pantallas muestran cada hora las mediciones de la red municipal.",
    ],
    [
      "Cita previa también por la tarde",
      "Las oficinas de distrito abren dos tardes a la semana desde febrero.",
    ],
    [
      "Sensores para ahorrar agua de riego",
      "Los parques gastan un tercio menos desde que el riego mira el suelo y el tiempo.",
    ],
    [
      "La tarjeta del bus llega al teléfono",
      "Los abonos mensuales se renuevan sin pasar por la taquilla.",
    ],
    [
      "Un mapa con todas las obras del barrio",
      "Los vecinos pueden seguir cada obra y recibir un aviso cuando termine.",
    ],
    [
      "Presupuestos abiertos a propuestas",
      "Las ideas se recogen hasta fin de mes y se votan en primavera.",
    ],
    [
      "Escuelas con menú elegido por aplicación",
      "Las familias eligen los platos de la semana y el comedor tira menos comida.",
    ],
  ],
  zh: [
    [
      "市民服务大厅推出夜间预约窗口",
      "居民下班后也可以办理户籍和社保业务，每周二和周四开放到晚上九点。",
    ],
    [
      "老旧小区加装智能水表五千户",
      "水务部门表示，漏损率在三个月内下降了两成，剩余小区将在明年完成。",
    ],
    [
      "公共数据平台新增环境监测数据",
      "平台每小时更新二十个站点的数据，企业和居民可以免费下载使用。",
    ],
    [
      "一件事一次办覆盖新生儿出生登记",
      "家长只需提交一份表格，出生证明和医保登记可以同时办理完成。",
    ],
    [
      "城市大脑协助调整早高峰信号灯",
      "试点路口的平均等候时间缩短了十八秒，下一步将扩大到全部主干道。",
    ],
    ["社区图书馆实现通借通还服务", "读者可以在任意一家分馆还书，全市共有六十二家图书馆加入服务。"],
    ["电子证照在十二个部门全面互认", "办理业务时不再需要提交复印件，证照信息由系统自动核验。"],
    [
      "公交线路实时到站信息全面开放",
      "乘客可以通过手机查询全部三百条线路的车辆位置和预计到站时间。",
    ],
  ],
};

/** Returns articles in a language, one every nine hours before `now`. */
export function itemsIn(
  language: string,
  pathOf: (index: number, title: string) => string,
  now: Date,
): LayoutItem[] {
  return (TEXTS[language] ?? []).map(([title, teaser], index) => ({
    path: pathOf(index, title),
    title,
    teaser,
    published: new Date(now.getTime() - (index + 1) * 9 * 3_600_000),
  }));
}

/** Returns a title in the form that URLs use. */
export function slug(title: string): string {
  const plain = title
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
