/** An HTML block: `end` is what ends it, at the end of the same line; without it a blank line does. */
export interface HtmlForm {
  readonly end: RegExp | undefined;
}

const names: string = [
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption',
  'figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option',
  'p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul',
].join('|');

const openTag = '<[a-z][a-z0-9-]*(?:\\s+[a-z_:][a-z0-9:._-]*(?:\\s*=\\s*(?:[^"\'=<>`\\x00-\\x20]+|\'[^\']*\'|"[^"]*"))?)*\\s*/?>';
const closeTag = '</[a-z][a-z0-9-]*\\s*>';

/** In the order of the CommonMark specification. */
const forms: readonly (readonly [start: RegExp, form: HtmlForm])[] = [
  [/^<(?:script|pre|style|textarea)(?:\s|>|$)/i, { end: /<\/(?:script|pre|style|textarea)>/i }],
  [/^<!--/, { end: /-->/ }],
  [/^<\?/, { end: /\?>/ }],
  [/^<![A-Za-z]/, { end: />/ }],
  [/^<!\[CDATA\[/, { end: /\]\]>/ }],
  [new RegExp(`^</?(?:${names})(?:\\s|/?>|$)`, 'i'), { end: undefined }],
];

/** Any other tag, alone on its line: the one form that cannot interrupt a paragraph. */
const loneTag = new RegExp(`^(?:${openTag}|${closeTag})\\s*$`, 'i');
const loneTagForm: HtmlForm = { end: undefined };

/** The HTML block that begins with a line, from its first character that is not white space. */
export function htmlBlock(text: string, interrupts: boolean): HtmlForm | undefined {
  for (const [start, form] of forms) if (start.test(text)) return form;
  return !interrupts && loneTag.test(text) ? loneTagForm : undefined;
}
