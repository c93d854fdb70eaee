// Colours texts as the editor does. Standard input: a JSON list of texts. Standard output: for each text a list of lines,
// each a list of [start, end, scopes], with columns counted in UTF-16 units from 0.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const here = new URL("..", import.meta.url);
await oniguruma.loadWASM((await readFile(require.resolve("vscode-oniguruma/release/onig.wasm"))).buffer);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => {
    const path = new URL("syntaxes/ordain.tmLanguage.json", here);
    return textmate.parseRawGrammar(await readFile(path, "utf-8"), path.pathname);
  },
});
const grammar = await registry.loadGrammar("source.ordain");

const chunks = [];
for await (const chunk of process.stdin) {
  chunks.push(chunk);
}
const coloured = JSON.parse(Buffer.concat(chunks).toString("utf-8")).map((text) => {
  let state = textmate.INITIAL;
  return text.split("\n").map((line) => {
    const found = grammar.tokenizeLine(line, state);
    state = found.ruleStack;
    return found.tokens.map((token) => [token.startIndex, token.endIndex, token.scopes]);
  });
});
process.stdout.write(JSON.stringify(coloured));
