import { beforeAll, expect, it } from "vitest";
import { prepare } from "../../../../extractors/language.ts";
import { CharacterMaps } from "../../../../extractors/pdf/open.ts";
import { extractPdf } from "../../../../extractors/pdf/pdf.ts";
import { easternPdf } from "../../../helpers/pdf.ts";

const now = new Date("2026-11-25T12:00:00Z");
const url = "https://minato.example/press/1.pdf";

beforeAll(prepare);

it.each([
  [
    "Japan1",
    "ja",
    "市役所の窓口に翻訳端末を設置",
    "港市は十四日、三つの窓口に自動翻訳の端末を置き、試験を始めました。",
  ],
  [
    "GB1",
    "zh",
    "港城试用自动翻译设备",
    "三个办事窗口开始试用自动翻译设备，支持二十二种语言，为期三个月。",
  ],
  [
    "CNS1",
    "zh",
    "港城試用自動翻譯設備",
    "三個辦事窗口開始試用自動翻譯設備，支援二十二種語言，為期三個月。",
  ],
  [
    "Korea1",
    "ko",
    "새솔시 공공 와이파이 확대",
    "새솔시가 올해 공공 와이파이를 지금의 두 배로 늘린다고 밝혔다.",
  ],
] as const)(
  "letters of %s that the file does not hold are read",
  async (letters, language, title, line) => {
    const lines = [
      { text: title, x: 60, y: 760, size: 22 },
      { text: line, x: 60, y: 720 },
      { text: line, x: 60, y: 700 },
    ];
    const { fields } = await extractPdf({ bytes: easternPdf([lines], letters), url, now });
    expect(fields).toMatchObject({ title, language });
    expect(fields.text).toContain(line);
  },
);

it("reads nothing but character maps", async () => {
  const maps = new CharacterMaps();
  await expect(maps.fetch({ filename: "../package.json" })).rejects.toThrow("no character map");
});
