import { readCall, writeOption } from '../expression/optionsOf.js';
import type { Catalogue, CatalogueOperator, CatalogueOption } from '../scene/catalogue.js';
import { choices, element, fitHeight, withCode } from './element.js';

export interface OperatorsEditor {
  readonly node: HTMLElement;
  show(operators: readonly string[]): void;
  operators(): readonly string[];
  /** Shows the fault of an operator, or none. */
  fault(index: number | undefined, message: string): void;
}

/** A list of operators: each is code, and where it is the call of one of the library, its options are fields. */
export function createOperatorsEditor(catalogue: Catalogue, changed: () => void): OperatorsEditor {
  let codes: string[] = [];
  const list = element('ol', { class: 'pg-operators', 'aria-label': 'Operators, in order' });
  const names = catalogue.operators.map(({ id, name }) => ({ value: id, text: name }));
  const picker = choices({ id: 'pg-add' }, [...names, { value: '', text: 'code of your own' }]);
  const add = element('button', { type: 'button', click: () => insert() }, 'Add');
  const node = element(
    'div',
    {},
    list,
    element('div', { class: 'pg-bar-row' }, element('label', { for: 'pg-add' }, 'Operator'), picker, add),
  );

  function insert(): void {
    const found = catalogue.operators.find(({ id }) => id === picker.value);
    codes.push(found ? callOf(found) : 'map((value) => value)');
    render();
    focusOn(codes.length - 1, 'textarea');
    changed();
  }

  function focusOn(index: number, selector: string): void {
    list.children[index]?.querySelector<HTMLElement>(selector)?.focus();
  }

  function move(index: number, by: -1 | 1): void {
    const [code] = codes.splice(index, 1);
    if (code !== undefined) codes.splice(index + by, 0, code);
    render();
    focusOn(index + by, by < 0 ? '.pg-up' : '.pg-down');
    changed();
  }

  function remove(index: number): void {
    codes.splice(index, 1);
    render();
    if (codes.length === 0) picker.focus();
    else focusOn(Math.min(index, codes.length - 1), '.pg-remove');
    changed();
  }

  function render(): void {
    list.replaceChildren(...codes.map((code, index) => drawOperator(code, index)));
    for (const field of list.querySelectorAll('textarea')) fitHeight(field);
  }

  function drawOperator(code: string, index: number): HTMLElement {
    const title = `Operator ${index + 1}`;
    const field = element('textarea', {
      rows: 1,
      spellcheck: 'false',
      autocapitalize: 'off',
      'aria-label': `${title}, code`,
      'aria-describedby': `pg-fault-${index}`,
      input: () => {
        codes[index] = field.value;
        fitHeight(field);
        showOptions();
        changed();
      },
    });
    field.value = code;
    const options = element('div', { class: 'pg-options' });
    const details = element('details', { class: 'pg-details' }, element('summary', {}, 'Options'), options);
    const item = element(
      'li',
      {},
      element(
        'div',
        { class: 'pg-operator' },
        field,
        button('↑', `Move operator ${index + 1} up`, 'pg-up', index === 0, () => move(index, -1)),
        button('↓', `Move operator ${index + 1} down`, 'pg-down', index === codes.length - 1, () => move(index, 1)),
        button('✕', `Remove operator ${index + 1}`, 'pg-remove', false, () => remove(index)),
      ),
      element('p', { class: 'pg-fault', id: `pg-fault-${index}`, role: 'alert' }),
      details,
    );

    function showOptions(): void {
      const call = readCall(field.value);
      const known = catalogue.operators.find(({ name }) => name === call?.name);
      details.hidden = !known;
      if (!known || !call) return;
      const top = known.options.filter(({ name }) => !name.includes('.'));
      const about = element('p', { class: 'pg-about' }, ...withCode(known.does), ' ', element('code', {}, known.from));
      options.replaceChildren(
        about,
        ...top.map((option) => drawOption(option, call.options.get(option.name) ?? '', index, write)),
      );
      if (top.length === 0) options.append(element('p', { class: 'pg-about' }, 'It has no options.'));
    }

    function write(name: string, value: string): void {
      const written = writeOption(field.value, name, value);
      field.value = written;
      fitHeight(field);
      codes[index] = written;
      changed();
    }

    showOptions();
    return item;
  }

  return {
    node,
    show(operators) {
      codes = [...operators];
      render();
    },
    operators: () => codes.filter((code) => code.trim() !== ''),
    fault(index, message) {
      for (const [at, item] of [...list.children].entries()) {
        const place = item.querySelector('.pg-fault');
        const field = item.querySelector('textarea');
        if (place) place.textContent = at === index ? message : '';
        if (at === index) field?.setAttribute('aria-invalid', 'true');
        else field?.removeAttribute('aria-invalid');
      }
    },
  };
}

function button(sign: string, label: string, name: string, disabled: boolean, click: () => void): HTMLElement {
  return element(
    'button',
    { type: 'button', class: `pg-icon ${name}`, 'aria-label': label, title: label, disabled, click },
    sign,
  );
}

function drawOption(
  { name, type, default: standard, unit, does }: CatalogueOption,
  value: string,
  index: number,
  write: (name: string, value: string) => void,
): HTMLElement {
  const id = `pg-option-${index}-${name}`;
  const field = element('input', {
    id,
    type: 'text',
    value,
    placeholder: standard.replaceAll('`', ''),
    spellcheck: 'false',
    autocapitalize: 'off',
    'aria-describedby': `${id}-does`,
    change: () => write(name, field.value),
  });
  return element(
    'div',
    { class: 'pg-option' },
    element('label', { for: id }, element('code', {}, name), unit === undefined ? '' : ` in ${unit}`),
    field,
    element('p', { id: `${id}-does` }, element('code', {}, type), ' ', ...withCode(does)),
  );
}

/** The call as the page of the operator has it. */
function callOf({ name, preset }: CatalogueOperator): string {
  return preset.operators.find((code) => code.startsWith(`${name}(`)) ?? `${name}()`;
}
