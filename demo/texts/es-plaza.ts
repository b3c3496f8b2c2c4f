import type { Text } from "../text.ts";

/** Textos de Plaza Digital. */
export const ES_PLAZA: Text[] = [
  {
    slug: "agua-iztapalapa-sensores",
    title: "Iztapalapa avisa por mensaje cuándo llegará la pipa de agua",
    author: "Ximena Arriaga",
    body: `
En las colonias altas de Iztapalapa la pipa de agua llegaba cuando llegaba, y alguien de la familia tenía que quedarse en casa a esperarla. Desde octubre, 61 mil hogares reciben un mensaje con una ventana de cuarenta minutos, y en nueve de cada diez casos se cumple.

Cada camión lleva un localizador y un medidor en la manguera. El segundo importa más que el primero: antes se perdía en el camino casi una quinta parte de la carga, vendida a lavados de autos y obras en construcción. La merma registrada en noviembre fue de tres por ciento.

El programa nació en una asamblea vecinal y lo desarrollaron estudiantes del Politécnico. No pide aplicación ni saldo; funciona con teléfonos sencillos y avisa también a una persona por cuadra que toca el timbre a los mayores.

Los choferes se quejan de que el sistema no entiende los tianguis, que cierran calles sin aviso. Por ahora lo resuelven a mano, con una lista que actualizan las propias vecinas cada mañana.

La alcaldía calcula que el servicio cuesta cuarenta centavos por entrega. Tláhuac y Ecatepec ya lo solicitaron.
`,
  },
  {
    slug: "actas-nacimiento-sierra",
    title: "Brigadas con antena satelital llevan actas de nacimiento a la sierra",
    author: "Rodrigo Castellanos",
    body: `
Para doña Micaela, de 68 años, la primera acta de nacimiento de su vida llegó en una mochila. Dentro venían una antena del tamaño de una charola, una impresora y dos registradores que habían caminado cuatro horas desde Guachochi hasta su ranchería en la Sierra Tarahumara.

Sin acta no hay pensión ni credencial para votar. El gobierno de Chihuahua estima que nueve mil personas rarámuri carecen de ella, muchas porque nacieron lejos de un juzgado y sus padres solo hablaban su lengua.

Las brigadas llevan intérpretes y toman testimonio a dos vecinos. La información viaja cifrada a la capital del estado, donde se revisa en menos de una hora que no exista un registro previo; entonces se imprime el documento en papel de seguridad.

En cinco meses se expidieron 2,140 actas. Hubo tropiezos: la computadora insistía en exigir dos apellidos y una calle con número. Se corrigió el formulario, que ahora admite parajes y nombres de una sola palabra.

Durango y Nayarit preparan recorridos parecidos para la temporada seca.
`,
  },
  {
    slug: "semaforos-guadalajara-ambulancias",
    title: "Ambulancias de Guadalajara ganan tres minutos con la ola verde",
    author: "Ximena Arriaga",
    body: `
Una ambulancia que sale de la Cruz Verde de Guadalajara rumbo al Hospital Civil encuentra ahora casi todos los semáforos en verde. El vehículo transmite su posición y 138 cruces le abren paso, uno tras otro, con quince segundos de anticipación.

El ahorro promedio es de tres minutos y diez segundos por traslado. En los paros cardiacos eso significa mucho: los médicos atribuyen al sistema parte de la mejora en la supervivencia durante el último semestre, aunque advierten que también se capacitó al personal.

El equipo fue armado por técnicos del propio municipio con piezas que se consiguen en cualquier tienda de electrónica. Un proveedor extranjero había cotizado quince veces más.

No faltó el abuso. En agosto se descubrió que una patrulla activaba la ola verde para llegar temprano a comer. Desde entonces cada activación requiere un número de servicio y se publica al mes siguiente, con hora, ruta y motivo.

Zapopan y Tlaquepaque se sumarán en primavera, y con ellos los trayectos que cruzan de un municipio a otro dejarán de toparse con una frontera roja.
`,
  },
  {
    slug: "presupuesto-participativo-merida",
    title: "Mérida deja que los niños voten el presupuesto de los parques",
    author: "Rodrigo Castellanos",
    body: `
Con una urna de cartón y una tableta, 14 mil niñas y niños de Mérida decidieron en qué gastar veinte millones de pesos. Ganaron la sombra y los bebederos; la pista de patinaje, favorita del cabildo, quedó en noveno lugar.

La consulta se hizo en 120 primarias, en español y en maya. Cada grupo recibió monedas de juguete para repartir entre once propuestas, de modo que nadie pudiera pedirlo todo. Un programa sumó los resultados y mostró en pantalla qué se compraba con cada combinación.

Hubo debate, y bueno. En una escuela de la comisaría de Caucel, una alumna de tercero convenció a su salón de dejar los columpios porque el metal quema a mediodía. Su argumento terminó en el dictamen técnico.

El ayuntamiento se obligó a construir las tres obras más votadas en un año y a volver a cada plantel con fotografías. Una comisión de padres vigilará los contratos en una página donde se sube cada factura.

La idea viene de una ciudad portuguesa, Cascais, donde los menores votan desde hace una década.
`,
  },
  {
    slug: "ventanilla-negocios-puebla",
    title: "Abrir una fonda en Puebla toma una tarde, no un trimestre",
    author: "Ximena Arriaga",
    body: `
Leticia Huerta quería vender mole y aguas frescas en el barrio de Analco. Hace dos años habría necesitado nueve sellos de cinco oficinas. El martes pasado contestó dieciséis preguntas en una pantalla y a las seis de la tarde tenía su licencia provisional.

Puebla clasificó 1,100 giros según su riesgo. Los 740 de bajo riesgo obtienen permiso inmediato y reciben la inspección después; los demás mantienen la revisión previa, aunque con un plazo máximo de diez días que, si vence, obliga al funcionario a explicarse por escrito.

El primer año se abrieron 5,300 negocios formales, el doble de lo habitual. La mitad ya existía sin papeles. De las visitas posteriores, una de cada veinte terminó en clausura, casi siempre por tanques de gas mal instalados.

Los gestores, que cobraban por hacer fila, protestaron frente a palacio. La autoridad contrató a doce de ellos como asesores en los mercados.

Queda por convencer al gobierno federal: el trámite sanitario para alimentos de origen animal aún se entrega en papel y en tres tantos.
`,
  },
];
