import { element } from './element.js';

export interface ScriptEditor {
  readonly node: HTMLElement;
  show(script: string): void;
  script(): string;
  /** Shows the fault of a line, or none. */
  fault(line: number | undefined, message: string): void;
}

const rowsShown = 10;

/** A text with the numbers of its lines. */
export function createScriptEditor(changed: () => void): ScriptEditor {
  const numbers = element('div', { class: 'pg-numbers', 'aria-hidden': 'true' });
  const field = element('textarea', {
    id: 'pg-script',
    rows: rowsShown,
    wrap: 'off',
    spellcheck: 'false',
    autocapitalize: 'off',
    'aria-describedby': 'pg-script-fault',
    input: () => {
      number();
      changed();
    },
    scroll: () => {
      numbers.scrollTop = field.scrollTop;
    },
  });
  const place = element('p', { class: 'pg-fault', id: 'pg-script-fault', role: 'alert' });
  const node = element('div', {}, element('div', { class: 'pg-script' }, numbers, field), place);
  let wrong: number | undefined;

  /** One text for all lines, because a script may have thousands. */
  function number(): void {
    const count = field.value.split('\n').length;
    const numbersFrom = (first: number, beyond: number): string =>
      Array.from({ length: beyond - first }, (_, index) => `${first + index}\n`).join('');
    if (wrong === undefined) numbers.textContent = numbersFrom(1, count + 1);
    else numbers.replaceChildren(numbersFrom(1, wrong), element('b', {}, `${wrong}\n`), numbersFrom(wrong + 1, count + 1));
  }

  return {
    node,
    show(script) {
      field.value = script;
      number();
    },
    script: () => field.value,
    fault(line, message) {
      wrong = line;
      place.textContent = message;
      if (line === undefined) field.removeAttribute('aria-invalid');
      else field.setAttribute('aria-invalid', 'true');
      number();
    },
  };
}
