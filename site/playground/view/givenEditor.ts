import type { Given } from '../scene/scene.js';
import { element, fitHeight } from './element.js';

export interface GivenEditor {
  readonly node: HTMLElement;
  show(given: readonly Given[]): void;
  given(): readonly Given[];
  fault(index: number | undefined, message: string): void;
}

/** The names that the operators use: handles, other streams, functions. */
export function createGivenEditor(changed: () => void): GivenEditor {
  let entries: { name: string; code: string }[] = [];
  const list = element('ol', { class: 'pg-given', 'aria-label': 'Names that the operators use' });
  const add = element('button', { type: 'button', click: () => insert() }, 'Add a name');
  const node = element('div', {}, list, add);

  function insert(): void {
    entries.push({
      name: entries.some(({ name }) => name === 'other') ? `value${entries.length + 1}` : 'other',
      code: `stream('s-a-f|')`,
    });
    render();
    list.lastElementChild?.querySelector('input')?.focus();
    changed();
  }

  function render(): void {
    list.replaceChildren(...entries.map(drawEntry));
    for (const field of list.querySelectorAll('textarea')) fitHeight(field);
  }

  function drawEntry(entry: { name: string; code: string }, index: number): HTMLElement {
    const name = element('input', {
      type: 'text',
      value: entry.name,
      spellcheck: 'false',
      autocapitalize: 'off',
      'aria-label': `Name ${index + 1}`,
      input: () => {
        entry.name = name.value.trim();
        changed();
      },
    });
    const code = element('textarea', {
      rows: 1,
      spellcheck: 'false',
      autocapitalize: 'off',
      'aria-label': `Value of name ${index + 1}, code`,
      'aria-describedby': `pg-given-fault-${index}`,
      input: () => {
        entry.code = code.value;
        fitHeight(code);
        changed();
      },
    });
    code.value = entry.code;
    const remove = element(
      'button',
      {
        type: 'button',
        class: 'pg-icon',
        'aria-label': `Remove name ${index + 1}`,
        click: () => {
          entries = entries.filter((each) => each !== entry);
          render();
          add.focus();
          changed();
        },
      },
      '✕',
    );
    return element(
      'li',
      {},
      element('div', { class: 'pg-operator' }, name, element('span', { 'aria-hidden': 'true' }, '='), code, remove),
      element('p', { class: 'pg-fault', id: `pg-given-fault-${index}`, role: 'alert' }),
    );
  }

  return {
    node,
    show(given) {
      entries = given.map((each) => ({ ...each }));
      render();
    },
    given: () => entries.map((each) => ({ ...each })),
    fault(index, message) {
      for (const [at, item] of [...list.children].entries()) {
        const place = item.querySelector('.pg-fault');
        if (place) place.textContent = at === index ? message : '';
      }
    },
  };
}
