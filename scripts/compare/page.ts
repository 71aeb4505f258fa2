/** What the page quotes of a script. */
export interface Quote {
  /** The path of the script from the root of the project. */
  readonly script: string;
  /** When and with what it was run: date, Node, and the packages with their versions. */
  readonly date: string;
  readonly node: string;
  readonly packages: string;
  /** What it printed. */
  readonly output: string;
}

const quotes =
  /^`((?:conformance|bench)\/compare\/\w+\.ts)` · (\d{4}-\d{2}-\d{2}) · Node ([\d.]+) · ([^\n]*)\n\n```text\n([\s\S]*?)```$/gm;

/** The quotes of the page, in its order. */
export function readQuotes(page: string): readonly Quote[] {
  return [...page.matchAll(quotes)].map(([, script = '', date = '', node = '', packages = '', output = '']) => ({
    script,
    date,
    node,
    packages,
    output,
  }));
}

/** The page with other quotes of these scripts. */
export function writeQuotes(page: string, fresh: readonly Quote[]): string {
  return page.replaceAll(quotes, (text: string, script: string) => {
    const quote = fresh.find((each) => each.script === script);
    return quote ? toText(quote) : text;
  });
}

function toText({ script, date, node, packages, output }: Quote): string {
  return `\`${script}\` · ${date} · Node ${node} · ${packages}\n\n\`\`\`text\n${output}\`\`\``;
}
