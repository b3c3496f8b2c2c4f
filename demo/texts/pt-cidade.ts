import type { Text } from "../text.ts";

/** Textos da Cidade Aberta. */
export const PT_CIDADE: Text[] = [
  {
    slug: "fila-creche-transparente",
    title: "Fila da creche em Campinas passa a ser pública, sem nomes",
    author: "Beatriz Nogueira",
    body: `
Quantas crianças estão na frente da minha? Em Campinas, a pergunta que levava mães e pais à secretaria toda semana agora tem resposta no celular. A prefeitura publicou a fila completa das creches municipais, com um código no lugar de cada nome.

A lista mostra a posição, a data da inscrição e os critérios que contam pontos, como renda e presença de irmãos na mesma unidade. Qualquer mudança fica registrada, com o motivo. Logo no primeiro dia apareceram 212 inscrições duplicadas, que foram unificadas.

O Ministério Público acompanhava o caso havia três anos, depois de denúncias de que vereadores conseguiam vagas por telefone. Segundo a promotora, nenhum pedido desse tipo foi recebido desde que a fila ficou visível.

Restam 3.900 crianças à espera. A transparência não cria vagas, reconhece o secretário, mas mostra onde elas faltam: o mapa concentrou a demanda no Campo Grande e no Ouro Verde, e as duas próximas creches mudaram de endereço por causa disso.

Jundiaí e Sorocaba pediram o sistema, que é aberto e roda em um servidor modesto.
`,
  },
  {
    slug: "alerta-deslizamento-petropolis",
    title: "Sirene, rádio e vizinho: o alerta de deslizamento que funciona",
    author: "Caio Brandão",
    body: `
Quando a chuva passou de oitenta milímetros no Morro da Oficina, em Petrópolis, a sirene tocou, o rádio comunitário interrompeu o samba e 46 vizinhos treinados bateram de porta em porta. Em dezenove minutos a encosta estava vazia. Duas horas depois, ela desceu.

O sistema combina pluviômetros, sensores de inclinação e uma regra simples: quem decide é a Defesa Civil, mas o líder da rua pode antecipar a saída sem pedir licença. Antes, o aviso dependia de uma mensagem que muita gente só lia de manhã.

Os sensores custaram menos do que se imagina, cerca de quatrocentos reais cada, montados por alunos de uma escola técnica. O que exigiu tempo foi convencer as famílias de que voltar para buscar documentos não vale o risco. Para isso, a prefeitura passou a guardar cópias digitais deles.

Houve três alarmes falsos no verão passado. Em todos, a associação de moradores reuniu as pessoas para explicar o que aconteceu, e a adesão não caiu.

Teresópolis, Angra dos Reis e Jaboatão dos Guararapes recebem o projeto até março.
`,
  },
  {
    slug: "bilhete-unico-barco-amazonas",
    title: "Manaus testa bilhete eletrônico nos barcos de linha",
    author: "Beatriz Nogueira",
    body: `
No porto da Manaus Moderna, a passagem de barco sempre foi um papel carimbado vendido no grito. Desde setembro, cinco linhas para o interior do Amazonas aceitam um bilhete eletrônico que funciona mesmo onde não há sinal.

O cartão guarda a viagem e o barqueiro o encosta em um leitor do tamanho de um maço de cigarros. Quando a embarcação chega a uma cidade com internet, os dados sobem sozinhos. Assim se sabe, pela primeira vez, quantas pessoas viajam em cada trecho, informação que a Marinha cobrava para evitar superlotação.

Em Parintins, o limite foi ultrapassado em um a cada oito embarques no início do teste. Com a venda travada na lotação, a taxa caiu a quase zero, e os donos dos barcos ganharam uma saída extra às quintas.

Os vendedores de cais temiam perder o sustento. A agência reguladora os credenciou como pontos de recarga, com comissão de quatro por cento.

Falta resolver a rede, o espaço onde cada passageiro dorme. O sistema reserva o lugar, mas a tradição de chegar cedo e amarrar a rede primeiro continua mais forte.
`,
  },
  {
    slug: "prontuario-favela-conectada",
    title: "Agentes de saúde trocam a prancheta pelo prontuário aberto",
    author: "Caio Brandão",
    body: `
Dona Zuleide, agente comunitária há vinte e dois anos em Heliópolis, aposentou a prancheta. No tablet que carrega pelas vielas ela vê quem está com a vacina atrasada, registra a pressão dos idosos e marca consulta na hora, sem voltar ao posto.

O prontuário foi desenvolvido por uma rede de universidades públicas e é usado em quarenta e uma cidades paulistas. São Paulo entrou neste ano com 1.200 agentes, depois de abandonar um produto comercial que exigia conexão permanente.

A diferença aparece nos números de Heliópolis: as faltas às consultas caíram de 31 para 17 por cento, e as gestantes começam o pré-natal, em média, três semanas mais cedo.

Segurança foi o ponto mais discutido. O aparelho só abre dentro da área de trabalho, apaga tudo após dez tentativas erradas e não guarda endereço exato de vítimas de violência. Dois tablets foram roubados até agora; nenhum dado vazou.

A equipe pede baterias melhores e uma capa que resista à chuva. O pedido seguiu para a licitação de janeiro, com a assinatura de todos os postos da região.
`,
  },
  {
    slug: "compras-escolares-agricultura",
    title: "Aplicativo aproxima a merenda de Caruaru da roça vizinha",
    author: "Beatriz Nogueira",
    body: `
A macaxeira servida nas escolas de Caruaru viajava 600 quilômetros. Hoje ela vem de Altinho, a meia hora de estrada, porque os agricultores do agreste aprenderam a vender para a prefeitura com um aplicativo que cabe em qualquer telefone.

A lei manda comprar ao menos trinta por cento da merenda da agricultura familiar, mas poucos produtores davam conta da papelada. O programa preenche os formulários a partir de quatro perguntas por voz e avisa quando há chamada aberta para o que cada um planta.

No primeiro semestre, 274 famílias venderam feijão, coentro, ovos e iogurte no valor de 5,6 milhões de reais. O preço médio ficou seis por cento abaixo do atacado, e o pagamento sai em doze dias.

As nutricionistas tiveram de mudar o jeito de trabalhar. Em vez de um cardápio anual, montam um por quinzena, conforme a colheita. Cozinheiras contam que sobra menos comida no prato.

O Tribunal de Contas do estado elogiou o registro de cada entrega com foto e hora. Garanhuns e Arcoverde começam em fevereiro.
`,
  },
];
