// Starts `ordain lsp` and hands over to it: everything the editor shows of rules comes from there.
import * as vscode from "vscode";
import { LanguageClient, TransportKind, type Executable } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("ordain.restart", restart),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("ordain.command")) {
        await restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}

async function restart(): Promise<void> {
  await stop();
  await start();
}

async function start(): Promise<void> {
  const words = vscode.workspace.getConfiguration("ordain").get<string[]>("command") ?? [];
  const [program, ...first] = words.length > 0 ? words : ["ordain"];
  const server: Executable = {
    command: program ?? "ordain",
    args: [...first, "lsp"],
    transport: TransportKind.stdio,
    options: { cwd: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath },
  };
  const started = new LanguageClient("ordain", "Ordain", server, {
    documentSelector: [{ language: "ordain" }],
    // Settings, lookup files and mappings change what the rules mean, too.
    synchronize: {
      fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.ordain,ordain.toml,*.csv,*.json}"),
    },
  });
  client = started;
  try {
    await started.start();
  } catch {
    client = undefined; // nothing runs that could be stopped
    // The client has told why already; here is what can be done about it.
    const answer = await vscode.window.showErrorMessage(
      `${server.command} did not start. The setting ordain.command names the program that is Ordain.`,
      "Open settings",
    );
    if (answer !== undefined) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "ordain.command");
    }
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.dispose();
}
