import { dirname, join } from 'node:path';

/** A link from one file of the project to another, or to a heading. */
export interface MarkdownLink {
  /** From the root of the project; the page itself for `#heading`. */
  readonly file: string;
  readonly anchor: string | undefined;
}

/** The relative links of a page. Links in code are text. */
export function relativeLinks(text: string, page: string): readonly MarkdownLink[] {
  const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, target]) => target ?? '');
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      return { file: path === '' ? page : join(dirname(page), path), anchor };
    });
}

/** The files and folders of the project that stand in code spans, as those do that are not in the package. */
export function pathsInCode(text: string): readonly string[] {
  const spans = [...text.replace(fences, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '');
  return spans.filter(
    (code) => /^(?:bench|conformance|docs|examples|scripts|spec|src)\/[\w./-]+$/.test(code) && !/NAME|myOperator/.test(code),
  );
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): readonly string[] {
  return [...text.replace(fences, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

const fences = /^(`{3,})[^\n]*\n[\s\S]*?^\1`*$/gm;

/** A code span may be the text of a link. */
function withoutCode(text: string): string {
  return text.replace(fences, '').replace(/`[^`\n]+`/g, 'code');
}
