/**
 * Keys by the forms that services give them, each a maximal run of characters after its beginning, so that no text is read twice: OpenAI and
 * others (`sk-`, `pk-`, `rk-`), Groq, xAI, Hugging Face, GitHub, GitLab, Slack, npm, Replicate, NVIDIA, Fireworks, Cerebras, Perplexity, Together,
 * Google, AWS, and JSON web tokens.
 */
const keys: RegExp =
  /(?<![A-Za-z0-9])(?:(?:sk|pk|rk|gsk|xai|hf|gh[opsur]|github_pat|glpat|xox[abeoprs]|npm|r8|nvapi|fw|csk|pplx|tgp_v1|AIza|ya29)[-_.]?(?<=[-_.]|AIza)[\w.*~+-]{6,}|A[KS]IA[0-9A-Z]{12,}|eyJ[\w.-]{16,})/g;

/** A private key in PEM form, to its end or to the end of the text. */
const pem: RegExp = /-----BEGIN [A-Z ]{3,40}-----[\s\S]*?(?:-----END [A-Z ]{3,40}-----|$)/g;

/** Values behind a word that says so. A value has a digit or is long: the word may stand in a sentence. */
const named: RegExp =
  /(\b(?:Bearer|Basic) +|\b(?:api[-_ ]?key|apikey|access[-_]?token|auth[-_]?token|client[-_]?secret|secret[-_]?key|password|passwd|x-api-key)["']? ?[=:] ?["']?|[?&](?:key|token|sig|signature)=|key provided: )(?=[^\s"'&,;]{0,200}\d|[^\s"'&,;]{20})[^\s"'&,;]{4,}/gi;

/** Keys without any beginning. A digest or a trace id has that form too, and a message can do without either. */
const hexadecimal: RegExp = /(?<![\w-])[0-9a-f]{32,}(?![\w-])(?:\.[\w-]+)?/gi;

/** Replaces all that looks like a key, for a text that is shown. Linear in the text. */
export function hideKeys(text: string, mark: string): string {
  return text.replace(pem, mark).replace(named, `$1${mark}`).replace(keys, mark).replace(hexadecimal, mark);
}

/** The places of keys of a known service in a text, for one that must not change otherwise. */
export function findKeys(text: string): readonly (readonly [from: number, to: number])[] {
  return [keys, pem].flatMap((form) => [...text.matchAll(form)].map(({ 0: key, index }) => [index, index + key.length] as const));
}
