import type { Database, Statement } from "node-sqlite3-wasm";
import { FACETS } from "../../model/publish/search.ts";
import type { Document } from "./document.ts";
import { ALL_DOCUMENTS_WORD, facetWord, titleForm } from "./match.ts";
import { firstNumber, formsOf, NUMBERS_PER_MINUTE, PARTS, type Part } from "./sqlite-file.ts";
import { stem, wordsOf } from "./words.ts";

const MAX_REMEMBERED_WORDS = 200_000;

export type Writer = ReturnType<typeof writerOf>;

/** Opens a writer. The caller is responsible for transactions. */
export function writerOf(db: Database) {
  const statements: Statement[] = [];
  const prepare = (sql: string) => {
    const statement = db.prepare(sql);
    statements.push(statement);
    return statement;
  };
  const insert = byPart((part) =>
    prepare(
      `INSERT INTO ${part} (rowid, title, teaser, text, author, tag, facet) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
  );
  const insertForms = byPart((part) =>
    prepare(`INSERT INTO ${formsOf(part)} (rowid, forms) VALUES (?, ?)`),
  );
  const remove = byPart((part) => prepare(`DELETE FROM ${part} WHERE rowid = ?`));
  const removeForms = byPart((part) => prepare(`DELETE FROM ${formsOf(part)} WHERE rowid = ?`));
  const numbers = prepare("SELECT no, part FROM documents WHERE article = ?");
  const forget = prepare("DELETE FROM documents WHERE no = ?");
  const keep = prepare("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)");
  const last = prepare("SELECT max(no) AS no FROM documents WHERE no BETWEEN ? AND ?");
  const before = prepare("SELECT no, part FROM documents WHERE no > ?");
  const addLanguage = prepare("INSERT OR IGNORE INTO languages VALUES (?)");
  const spelling = prepare("INSERT OR IGNORE INTO spellings VALUES (?, ?)");
  const known = new Map<string, { form: string; stemmed: string }>();

  function drop(rows: unknown[]): number {
    for (const { no, part } of rows as { no: number; part: Part }[]) {
      remove[part].run(no);
      removeForms[part].run(no);
      forget.run(no);
    }
    return rows.length;
  }

  function numberFor(time: Date): number {
    for (let first = firstNumber(time); ; first += NUMBERS_PER_MINUTE) {
      // `all`, because a statement that isn't read to its end keeps the file locked.
      const [row] = last.all([first, first + NUMBERS_PER_MINUTE - 1]) as { no: number | null }[];
      const no = row?.no ?? null;
      const next = no === null ? first : no + 1;
      if (next < first + NUMBERS_PER_MINUTE) return next;
    }
  }

  function readWord(word: string, of: string | null): { form: string; stemmed: string } {
    const key = `${of} ${word}`;
    const read = known.get(key);
    if (read) return read;
    const [form, stemmed] = [stem(word, null), stem(word, of)];
    if (known.size > MAX_REMEMBERED_WORDS) known.clear();
    known.set(key, { form, stemmed });
    // "administracion" has another stem than "administración". This lets a query without the accent
    // find the word.
    if (form !== word.toLowerCase() && stem(form, of) !== stemmed) spelling.run([form, stemmed]);
    return { form, stemmed };
  }

  function indexed(text: string, of: string | null, forms: Set<string>): string {
    const stems: string[] = [];
    for (const { word } of wordsOf(text)) {
      const { form, stemmed } = readWord(word, of);
      stems.push(stemmed);
      forms.add(form);
    }
    return stems.join(" ");
  }

  function add(document: Document): void {
    const { articleId, revision, shown, sortAt, language, facets } = document;
    const no = numberFor(sortAt);
    const part = shown ? "shown" : "hidden";
    const words = [
      ALL_DOCUMENTS_WORD,
      ...FACETS.flatMap((of) => facets[of].map((value) => facetWord(of, value))),
    ];
    const [inTitle, other] = [new Set<string>(), new Set<string>()];
    const title = indexed(document.title, language, inTitle);
    const rest = (["teaser", "text", "author", "tag"] as const).map((field) =>
      indexed(document[field], language, other),
    );
    insert[part].run([no, title, ...rest, words.join(" ")]);
    const forms = [...new Set([...inTitle, ...other]), ...[...inTitle].map(titleForm)];
    insertForms[part].run([no, forms.join(" ")]);
    const facetLine = FACETS.map((of) => facets[of].join(",")).join("\t");
    keep.run([no, articleId, revision, part, language, facetLine]);
    if (language) addLanguage.run(language);
  }

  return {
    /** Replaces all documents of the articles; an article without new documents is removed. */
    put(articleIds: readonly string[], documents: readonly Document[]) {
      for (const id of articleIds) drop(numbers.all(id));
      for (const document of documents) add(document);
    },
    dropBefore: (until: Date) => drop(before.all(firstNumber(until) + NUMBERS_PER_MINUTE - 1)),
    close() {
      for (const statement of statements) {
        try {
          statement.finalize();
        } catch {
          // SQLite repeats the error of the statement's last run, which was thrown then.
        }
      }
    },
  };
}

function byPart<T>(make: (part: Part) => T): Record<Part, T> {
  return Object.fromEntries(PARTS.map((part) => [part, make(part)])) as Record<Part, T>;
}
