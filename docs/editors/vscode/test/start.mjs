// Runs the built extension (first argument) in an editor that is hardly one: whatever it asks of `vscode` is there and does
// nothing, but for the setting `ordain.command` (second argument, JSON). Prints what the extension told the person.
import { createRequire } from "node:module";
import Module from "node:module";

const [, , bundle, command] = process.argv;
const told = [];

function anything(fields = {}) {
  return new Proxy(class {}, {
    get(target, name) {
      if (name in fields) return fields[name];
      if (name === "prototype") return target.prototype;
      if (name === "then" || typeof name === "symbol") return undefined;
      return (fields[name] = anything());
    },
    apply: () => anything(),
    construct: (target, words, made) => Reflect.construct(target, words, made),
  });
}

const silent = () => ({ dispose() {} });
const vscode = anything({
  env: { language: "en", appName: "test", appHost: "desktop" },
  version: "1.91.0",
  EventEmitter: class {
    event = silent;
    fire() {}
    dispose() {}
  },
  workspace: anything({
    getConfiguration: () => ({ get: (name) => (name === "command" ? JSON.parse(command) : undefined) }),
    workspaceFolders: [{ uri: { fsPath: process.cwd(), scheme: "file", toString: () => "file:///" }, name: "x", index: 0 }],
    textDocuments: [],
    notebookDocuments: [],
    createFileSystemWatcher: () => ({ onDidCreate: silent, onDidChange: silent, onDidDelete: silent, dispose() {} }),
  }),
  window: anything({
    showErrorMessage: async (text) => void told.push(text),
    visibleTextEditors: [],
    visibleNotebookEditors: [],
    tabGroups: { all: [], onDidChangeTabs: silent },
  }),
});
// What a bundle imports is copied, property by property, but its prototype is kept: so everything is found there.
const editor = Object.create(vscode);
const load = Module._load;
Module._load = (name, ...more) => (name === "vscode" ? editor : load(name, ...more));
const extension = createRequire(import.meta.url)(bundle);
await extension.activate({ subscriptions: [] });
await extension.deactivate();
process.stdout.write(JSON.stringify(told));
process.exit(0);
