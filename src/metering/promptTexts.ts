/** The values of these keys are no text for the model: identifiers, addresses, base64, types. */
const keysWithoutText = /(^|_)(id|url|data|type|role|model|format|detail|signature|thought|encrypted|cache|fingerprint)(_|$)/;

/** Collects every text of a prompt in any provider's form: a string, messages, content blocks, tool definitions. */
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
    for (const [key, member] of Object.entries(value)) if (!keysWithoutText.test(key)) collect(member, texts);
  }
}
