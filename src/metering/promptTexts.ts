/** Keys whose values are not said to the model in words: identifiers, addresses, base64, kinds of things. */
const wordless = /(^|_)(id|url|data|type|role|model|format|detail|signature|thought|encrypted|cache|fingerprint)(_|$)/;

/** Every text in a prompt, whatever the provider's form of it: a string, messages, content blocks, tool definitions. */
export function promptTexts(prompt: unknown): readonly string[] {
  const texts: string[] = [];
  collect(prompt, texts);
  return texts;
}

function collect(value: unknown, texts: string[]): void {
  if (typeof value === 'string') {
    if (!value.startsWith('data:')) texts.push(value);
  } else if (Array.isArray(value)) {
    for (const element of value) collect(element, texts);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) if (!wordless.test(key)) collect(member, texts);
  }
}
