import type { Text } from "../text.ts";

/** Textos de Trámite Abierto. */
export const ES_TRAMITE: Text[] = [
  {
    slug: "padron-sin-cita",
    title: "Zaragoza elimina la cita previa para empadronarse",
    author: "Nuria Lafuente",
    body: `
Desde el lunes, nadie en Zaragoza necesita reservar cita para inscribirse en el padrón. El ayuntamiento ha abierto una ventanilla digital que resuelve ocho de cada diez solicitudes en el acto y ha devuelto las juntas de distrito a la atención por orden de llegada.

La clave está en el contrato de alquiler. Si el propietario lo ha depositado en el registro autonómico de fianzas, el sistema lo encuentra por sí solo y el vecino solo tiene que confirmar la dirección. En los demás casos basta una fotografía, que revisa un funcionario en un plazo de dos días.

Las citas se habían convertido en mercancía. La policía local detectó en primavera a un grupo que acaparaba turnos y los revendía por treinta euros a recién llegados. Con el cambio, el negocio se ha esfumado.

Las asociaciones de inmigrantes aplauden la medida, aunque recuerdan que quien vive en una habitación sin contrato sigue topándose con un muro. Para ellos se mantiene la visita domiciliaria, cuyo plazo medio ha bajado de once semanas a tres.

Huesca y Teruel estudian copiar el procedimiento antes del verano.

La oposición municipal apoya el cambio, pero pide que se publiquen cada mes los tiempos de espera por distrito. El equipo de gobierno ha aceptado y los mostrará, además, en las pantallas de las propias juntas, junto con el número de personas que en ese momento aguardan su turno.
`,
  },
  {
    slug: "riego-inteligente-murcia",
    title: "Murcia riega sus jardines con la mitad de agua y mil sondas",
    author: "Álvaro Cebrián",
    body: `
Los jardines de Murcia ya no se riegan por costumbre. Mil sondas enterradas a dos profundidades miden la humedad del suelo y un programa decide cada noche qué sectores necesitan agua. El consumo ha caído un 47 % en dos temporadas sin que se haya secado un solo parterre.

La inversión, de 2,2 millones de euros, procede en buena parte de fondos europeos. Según la concejalía, se recuperará en seis años, o en cuatro si el precio del agua desalada continúa subiendo.

No todo fue coser y cantar. Los topos mordieron los primeros cables, y en la pedanía de Sangonera el sistema regó durante una tormenta porque el pronóstico llegaba con doce horas de retraso. Ahora consulta una estación propia cada diez minutos.

Los jardineros más veteranos desconfiaban. Uno de ellos, Paco Belmonte, apostó una comida a que su ojo acertaba más que la máquina. Perdió por poco y hoy forma a sus compañeros.

Los datos se publican cada semana. La universidad los emplea para saber qué césped resiste mejor los cuarenta grados, y dos clubes de golf de la comarca han pedido acceso.
`,
  },
  {
    slug: "receta-europea-frontera",
    title: "Una receta de Badajoz ya se entiende en la farmacia de Elvas",
    author: "Nuria Lafuente",
    body: `
Cruzar el puente para comprar un medicamento ha dejado de ser una odisea en la raya. Las farmacias de Elvas, Campo Maior y Évora pueden leer las recetas electrónicas emitidas en Extremadura, y las de Badajoz y Mérida hacen lo propio con las portuguesas.

El paciente da su consentimiento en el teléfono y enseña un código que caduca a los cinco minutos. El farmacéutico ve el principio activo, la dosis y las alergias, traducidos a su idioma, pero no el resto del historial.

En el primer trimestre se dispensaron 3.800 envases. La mayoría correspondía a trabajadores que viven en un país y cotizan en el otro, y a jubilados de vacaciones que se habían dejado las pastillas en casa.

El reembolso es el punto débil. Cada sistema paga un porcentaje distinto y la diferencia se liquida a mano una vez al mes. Los dos gobiernos han prometido automatizarla, algo que los farmacéuticos esperan con paciencia limitada.

Galicia y el norte de Portugal serán los siguientes, en otoño. Francia, mientras tanto, ha preguntado por los Pirineos.
`,
  },
  {
    slug: "autobuses-demanda-soria",
    title: "En Soria el autobús pasa cuando alguien lo llama",
    author: "Álvaro Cebrián",
    body: `
Ochenta y nueve pueblos de Soria estrenaron hace un año autobuses a la demanda, y el balance sorprende incluso a sus promotores: los viajes se han triplicado mientras los kilómetros recorridos bajan un 18 %.

Se reserva por teléfono, en el bar o con una aplicación, hasta una hora antes. El programa agrupa las peticiones y dibuja la ruta; si nadie llama, el vehículo no sale. La línea regular hacía el mismo trayecto tres días por semana, casi siempre vacía.

El teléfono sigue siendo el rey. Siete de cada diez reservas pasan por una centralita con tres operadoras de Almazán que conocen a media provincia y avisan si doña Felisa no contesta. La junta quiso sustituirlas por un contestador automático y desistió a la semana.

El viaje cuesta un euro con veinte. La subvención por pasajero ha pasado de catorce euros a seis, de modo que con el mismo dinero se ha podido añadir el servicio de los domingos.

Queda pendiente el enlace con el tren de Torralba, donde el último autobús sale diez minutos antes de que llegue el convoy de Madrid.
`,
  },
  {
    slug: "algoritmo-becas-comedor",
    title: "Un colegio de letrados audita el algoritmo de las becas de comedor",
    author: "Nuria Lafuente",
    body: `
¿Por qué una familia obtiene la beca de comedor y la vecina, con los mismos ingresos, no? En Valencia la respuesta dependía de un programa cuyo funcionamiento nadie había explicado. Ahora se conoce, gracias a una auditoría encargada al colegio de la abogacía y a dos informáticas de la universidad politécnica.

El equipo tuvo acceso al código durante seis semanas. Encontró que el programa restaba puntos a los hogares que habían cambiado de domicilio en el último año, una regla pensada para evitar duplicados y que nadie recordaba haber aprobado. Afectó a 1.340 solicitudes, sobre todo de familias desahuciadas.

La conselleria ha reconocido el error y abonará las ayudas con carácter retroactivo. Además publicará las reglas en lenguaje llano y entregará con cada denegación un desglose de los puntos.

Las auditoras piden ir más lejos: que ningún baremo automático entre en vigor sin una prueba con casos inventados, del mismo modo que se revisa un ascensor antes de usarlo.

El programa lo había desarrollado una empresa que ya no existe. Ese detalle, apuntan, tampoco constaba en ningún expediente.
`,
  },
];
