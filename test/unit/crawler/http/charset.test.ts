import { describe, expect, test } from "vitest";
import { decodeText } from "../../../../crawler/http/decode.ts";
import { cpuOf, growthOf, LINEAR } from "../../../helpers/cpu.ts";

// Name, text, and its bytes in that charset in hex.
const SAMPLES: [string, string, string][] = [
  [
    "windows-1251",
    "Министерство цифрового развития открыло новый портал государственных услуг для жителей Казани.",
    "cce8ede8f1f2e5f0f1f2e2ee20f6e8f4f0eee2eee3ee20f0e0e7e2e8f2e8ff20eef2eaf0fbebee20edeee2fbe920efeef0f2e0eb20e3eef1f3e4e0f0f1f2e2e5ededfbf520f3f1ebf3e320e4ebff20e6e8f2e5ebe5e920cae0e7e0ede82e",
  ],
  [
    "gb18030",
    "深圳市政府周二宣布启用新的智慧城市平台，居民可以在线办理更多政务服务。",
    "c9eedbdacad0d5feb8aed6dcb6fed0fbb2bcc6f4d3c3d0c2b5c4d6c7bbdbb3c7cad0c6bdcca8a3acbed3c3f1bfc9d2d4d4dacfdfb0ecc0edb8fcb6e0d5fecef1b7fecef1a1a3",
  ],
  [
    "shift_jis",
    "東京都は火曜日、新しい電子行政サービスの運用を開始したと発表した。住民は自宅から申請できる。",
    "938c8b9e937382cd89ce976a93fa8141905682b582a293648e718d7390ad8354815b8372835882cc895e977082f08a4a8e6e82b582bd82c694ad955c82b582bd81428f5a96af82cd8ea991ee82a982e7905c90bf82c582ab82e98142",
  ],
  [
    "euc-kr",
    "서울시는 화요일 새로운 전자정부 서비스를 시작했다고 발표했다. 시민들은 집에서 신청할 수 있다.",
    "bcadbfefbdc3b4c220c8adbfe4c0cf20bbf5b7cebfee20c0fcc0dac1a4bace20bcadbaf1bdbab8a620bdc3c0dbc7dfb4d9b0ed20b9dfc7a5c7dfb4d92e20bdc3b9ceb5e9c0ba20c1fdbfa1bcad20bdc5c3bbc7d220bcf620c0d6b4d92e",
  ],
  [
    "big5",
    "臺北市政府週二宣布推出新的智慧城市平台，市民可以在線上申辦更多服務。",
    "bb4fa55fa5abac46a9b2b667a447abc5a5acb1c0a558b773aabab4bcbc7aabb0a5aba5ada578a141a5aba5c1a569a548a662bd75a457a5d3bfeca7f3a668aa41b0c8a143",
  ],
  [
    "windows-1252",
    "La ville de Besançon a présenté mardi son nouveau portail numérique, réservé aux habitants âgés.",
    "4c612076696c6c6520646520426573616ee76f6e2061207072e973656e74e9206d6172646920736f6e206e6f757665617520706f727461696c206e756de972697175652c2072e973657276e920617578206861626974616e747320e267e9732e",
  ],
  [
    "windows-1256",
    "أعلنت بلدية دبي يوم الثلاثاء عن منصة جديدة للخدمات الحكومية الرقمية لسكان المدينة.",
    "c3dae1e4ca20c8e1cfedc920cfc8ed20ede6e320c7e1cbe1c7cbc7c120dae420e3e4d5c920cccfedcfc920e1e1cecfe3c7ca20c7e1cddfe6e3edc920c7e1d1dee3edc920e1d3dfc7e420c7e1e3cfede4c92e",
  ],
  [
    "iso-8859-2",
    "Magistrat Krakowa uruchomił we wtorek nowy portal usług cyfrowych dla mieszkańców, żeby skrócić kolejki.",
    "4d6167697374726174204b72616b6f77612075727563686f6d69b32077652077746f72656b206e6f777920706f7274616c207573b3756720637966726f7779636820646c61206d6965737a6b61f163f3772c20bf65627920736b72f36369e6206b6f6c656a6b692e",
  ],
  [
    "windows-1253",
    "Ο δήμος Αθηναίων παρουσίασε την Τρίτη τη νέα ψηφιακή πλατφόρμα για τους κατοίκους της πόλης.",
    "cf20e4deeceff220c1e8e7ede1dff9ed20f0e1f1eff5f3dfe1f3e520f4e7ed20d4f1dff4e720f4e720eddde120f8e7f6e9e1eade20f0ebe1f4f6fcf1ece120e3e9e120f4eff5f220eae1f4efdfeaeff5f220f4e7f220f0fcebe7f22e",
  ],
  [
    "euc-jp",
    "東京都は火曜日、新しい電子行政サービスの運用を開始したと発表した。住民は自宅から申請できる。",
    "c5ecb5fec5d4a4cfb2d0cdcbc6fca1a2bfb7a4b7a4a4c5c5bbd2b9d4c0afa5b5a1bca5d3a5b9a4ceb1bfcdd1a4f2b3abbbcfa4b7a4bfa4c8c8afc9bda4b7a4bfa1a3bdbbccb1a4cfbcabc2f0a4aba4e9bfbdc0c1a4c7a4ada4eba1a3",
  ],
  [
    "koi8-r",
    "Министерство цифрового развития открыло новый портал государственных услуг для жителей Казани.",
    "edc9cec9d3d4c5d2d3d4d7cf20c3c9c6d2cfd7cfc7cf20d2c1dad7c9d4c9d120cfd4cbd2d9cccf20cecfd7d9ca20d0cfd2d4c1cc20c7cfd3d5c4c1d2d3d4d7c5ceced9c820d5d3ccd5c720c4ccd120d6c9d4c5ccc5ca20ebc1dac1cec92e",
  ],
];

const bytesOf = (hex: string) => Buffer.from(hex, "hex");
const page = (head: string, body: Uint8Array) =>
  Buffer.concat([
    Buffer.from(`<!doctype html><html><head>${head}</head><body><p>`),
    body,
    Buffer.from("</p></body></html>"),
  ]);

describe.each(SAMPLES)("%s", (charset, text, hex) => {
  const bytes = bytesOf(hex);

  test("is read by header", () => {
    const read = decodeText(bytes, `text/html; Charset="${charset}"`);
    expect(read).toEqual({ text, charset });
  });

  test("is read by meta and by http-equiv", () => {
    for (const head of [
      `<!-- <meta charset="utf-8"> --><META charset='${charset}'>`,
      `<meta http-equiv="Content-Type" content="text/html; charset=${charset}">`,
    ]) {
      const read = decodeText(page(head, bytes), "text/html");
      expect(read.charset).toBe(charset);
      expect(read.text).toContain(text);
    }
  });

  test("is read by XML declaration", () => {
    const xml = Buffer.concat([
      Buffer.from(`<?xml version="1.0" encoding="${charset}"?><t>`),
      bytes,
    ]);
    expect(decodeText(xml, null).charset).toBe(charset);
  });

  test("is read in spite of a lying utf-8 declaration, when the page repeats itself", () => {
    const long = Buffer.concat(Array.from({ length: 8 }, () => bytes));
    const read = decodeText(page('<meta charset="utf-8">', long), "text/html; charset=utf-8");
    // Greek in windows-1253 is too close to other charsets to be told by its bytes for sure.
    expect(charset === "windows-1253" || read.text.includes(text)).toBe(true);
    expect(read.charset).not.toBe("utf-8");
  });
});

describe("utf-8", () => {
  const text = "Bürgeramt öffnet: 新しい窓口 – жители довольны";

  test("is read without any declaration", () => {
    expect(decodeText(Buffer.from(text), undefined)).toEqual({
      text,
      charset: "utf-8",
    });
  });

  test("wins over a lying single-byte declaration", () => {
    const read = decodeText(
      page('<meta charset="windows-1252">', Buffer.from(text)),
      "text/html; charset=iso-8859-1",
    );
    expect(read.charset).toBe("utf-8");
    expect(read.text).toContain(text);
  });

  test("survives a cut last character and one stray byte", () => {
    const long = Buffer.from(text.repeat(100));
    long[500] = 0xff;
    const read = decodeText(long.subarray(0, -1), "text/html; charset=utf-8");
    expect(read.charset).toBe("utf-8");
    expect(read.text.split("Bürgeramt").length).toBeGreaterThan(98);
  });

  test.each([
    "Администрация города сообщает о проведении публичных слушаний по проекту планировки",
    "Ο δήμος ανακοινώνει ότι θα πραγματοποιηθεί δημόσια διαβούλευση για το σχέδιο",
    "市政府今日公布了新的城市规划方案，将在未来三年内改善公共交通设施，并增加绿地面积",
  ])("is read although each teaser ends in the middle of a character: %s", (teaser) => {
    const cut = Buffer.from(`<p>${teaser}`).subarray(0, -1);
    const teasers = Array.from({ length: 20 }, () => cut);
    const read = decodeText(Buffer.concat(teasers), "application/rss+xml; charset=utf-8");
    expect(read.charset).toBe("utf-8");
    expect(read.text).toContain(teaser.slice(0, -1));
  });

  test("a byte order mark wins over everything and is dropped", () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
    expect(decodeText(marked, "text/html; charset=windows-1251")).toEqual({
      text,
      charset: "utf-8",
    });
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
    expect(decodeText(wide, null)).toEqual({ text, charset: "utf-16le" });
  });

  test("utf-16 without a mark is read by its shape; a page that says utf-16 in ASCII is not", () => {
    const wide = Buffer.from(`<?xml version="1.0"?><t>${text}</t>`, "utf16le");
    expect(decodeText(wide, "text/xml").text).toContain(text);
    expect(decodeText(page('<meta charset="utf-16">', Buffer.from(text)), "").charset).toBe(
      "utf-8",
    );
  });
});

describe.each(["utf-16", "unicode", "ucs-2", "csunicode", "iso-10646-ucs-2"])("%s", (label) => {
  const text = "Stadtrat öffnet Datenportal";
  /** A page whose bytes can also be read in pairs. */
  const even = (head: string) => {
    const bytes = page(head, Buffer.from(text));
    return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(" ")]);
  };

  test("in the markup of a page that is readable as ASCII means UTF-8", () => {
    const read = decodeText(even(`<meta charset="${label}">`), "text/html");
    expect(read.charset).toBe("utf-8");
  });

  test("in the header of a page that is readable as ASCII is ignored", () => {
    const read = decodeText(even(""), `text/html; charset=${label}`);
    expect(read.charset).toBe("utf-8");
  });

  test("in the header of a page in UTF-16 is right", () => {
    const wide = Buffer.from(`<p>${text}`, "utf16le");
    expect(decodeText(wide, `text/html; charset=${label}`).text).toContain(text);
  });
});

test("an unknown label is ignored", () => {
  expect(decodeText(Buffer.from("plain"), "text/html; charset=nonsense").charset).toBe("utf-8");
});

test("detection looks at a bounded part of a large page", async () => {
  const [, , hex = ""] = SAMPLES.find(([name]) => name === "windows-1251") ?? [];
  const long = (n: number) => Buffer.alloc(n * bytesOf(hex).length, bytesOf(hex));
  const growth = await growthOf(60_000, long, (bytes) =>
    expect(decodeText(bytes, null).charset).toBe("windows-1251"),
  );
  expect(growth).toBeLessThan(LINEAR);
});

test("a content type of blanks takes no time", async () => {
  const cost = await cpuOf(() => {
    decodeText(Buffer.from("plain"), `text/html; charset=${" ".repeat(60_000)}`);
  });
  expect(cost).toBeLessThan(500);
});

test("UTF-8 that a page calls GBK is read as UTF-8, a short GBK text that looks like it as GBK", () => {
  const html = `<meta charset="gbk"><p>${"深圳推出新的数字政务服务平台，".repeat(4)}</p>`;
  const utf8 = decodeText(Buffer.from(html), "text/html; charset=gbk");
  expect(utf8).toMatchObject({ text: html, charset: "utf-8" });
  // The bytes of 联通 in GBK are valid UTF-8.
  const short = Buffer.from([0xc1, 0xaa, 0xcd, 0xa8]);
  expect(decodeText(short, "text/html; charset=gbk").text).toBe("联通");
});
