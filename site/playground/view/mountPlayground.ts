import { SceneError, scriptOf } from '../run/compileScene.js';
import { playScene, type RunEnd, type SceneRun } from '../run/playScene.js';
import type { Catalogue } from '../scene/catalogue.js';
import { paces, type Scene } from '../scene/scene.js';
import { sceneCode } from '../scene/sceneCode.js';
import { isSceneHash, presetHash, readSceneHash, writeSceneHash } from '../scene/sceneHash.js';
import { choices, element } from './element.js';
import { createEventList } from './eventList.js';
import { createGivenEditor } from './givenEditor.js';
import { formatMs } from './labels.js';
import { createLanesView } from './lanesView.js';
import { createOperatorsEditor } from './operatorsEditor.js';
import { createScriptEditor } from './scriptEditor.js';
import { scriptReference } from './scriptReference.js';

/** The playground in a page. */
export interface Playground {
  /** Stops what runs, and removes everything. */
  destroy(): void;
}

const paceTexts: Readonly<Record<number, string>> = {
  0: 'virtual time, at once',
  1: 'real time',
  10: '10 times slower',
  100: '100 times slower',
};

/** Puts the playground into an element. It reads the hash of the address, and writes it when a scene is shared. */
export function mountPlayground(host: HTMLElement, catalogue: Catalogue): Playground {
  let run: SceneRun | undefined;
  let frame = 0;
  let destroyed = false;
  let typing: ReturnType<typeof setTimeout> | undefined;
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;

  const script = createScriptEditor(edited);
  const given = createGivenEditor(edited);
  const operators = createOperatorsEditor(catalogue, edited);
  const lanes = createLanesView((row, index) => events.select(row.name, row.run, index));
  const events = createEventList((name, of, index) => lanes.select(name, of, index));

  const presets = catalogue.operators.map(({ id, name }) => ({ value: id, text: name }));
  const preset = choices({ id: 'pg-preset', change: () => openPreset(preset.value) }, [
    { value: '', text: 'a scene of your own' },
    ...presets,
  ]);
  const pace = choices(
    { id: 'pg-pace' },
    paces.map((each) => ({ value: String(each), text: paceTexts[each] ?? '' })),
    isStill ? '0' : '100',
  );
  const play = element('button', { type: 'button', class: 'pg-primary', click: () => toggle() }, 'Play');
  const share = element('button', { type: 'button', class: 'pg-copy-link', click: () => void shareScene() }, 'Copy link');
  const clock = element('output', { class: 'pg-clock', 'aria-hidden': 'true' });
  const status = element('p', { class: 'pg-status', role: 'status', 'aria-live': 'polite' });
  const code = element('pre', { class: 'pg-code', tabindex: 0, 'aria-label': 'The scene as code for Node' });
  const copyCode = element(
    'button',
    { type: 'button', class: 'pg-copy-code', click: () => void copy(currentCode(), copyCode) },
    'Copy code',
  );

  const root = element(
    'div',
    { class: 'pg' },
    element(
      'div',
      { class: 'pg-toolbar', role: 'group', 'aria-label': 'Controls' },
      labelled('Scene', 'pg-preset', preset),
      labelled('Pace', 'pg-pace', pace),
      play,
      share,
      clock,
    ),
    status,
    section('Lanes', lanes.node),
    element(
      'div',
      { class: 'pg-columns' },
      element(
        'div',
        {},
        section('Source script', script.node, scriptReference(), 'pg-script'),
        section('Operators', operators.node),
        section('Names they use', given.node),
      ),
      element(
        'div',
        {},
        section('Events', events.node),
        section('Code', element('div', { class: 'pg-bar-row' }, copyCode), code),
      ),
    ),
  );
  host.replaceChildren(root);

  function sceneNow(): Scene {
    return { script: script.script(), given: given.given(), operators: operators.operators(), pace: Number(pace.value) };
  }

  function show(scene: Omit<Scene, 'pace'>): void {
    script.show(scene.script);
    given.show(scene.given);
    operators.show(scene.operators);
    clearFaults();
    showCode();
  }

  function edited(): void {
    preset.value = '';
    clearFaults();
    clearTimeout(typing);
    typing = setTimeout(showCode, 200);
  }

  function currentCode(): string {
    if (typing !== undefined) showCode();
    return code.textContent ?? '';
  }

  function clearFaults(): void {
    script.fault(undefined, '');
    operators.fault(undefined, '');
    given.fault(undefined, '');
  }

  function showCode(): void {
    clearTimeout(typing);
    typing = undefined;
    try {
      const scene = sceneNow();
      code.textContent = sceneCode(scene, scriptOf(scene));
      copyCode.disabled = false;
    } catch {
      code.textContent = '// The scene cannot be read: Play shows where.';
      copyCode.disabled = true;
    }
  }

  function openPreset(id: string): void {
    const found = catalogue.operators.find((each) => each.id === id);
    if (!found) return;
    stop();
    show(found.preset);
    preset.value = id;
    history.replaceState(history.state, '', presetHash(id));
    start();
  }

  function toggle(): void {
    if (run) stop();
    else start();
  }

  function stop(): void {
    run?.stop();
  }

  function start(): void {
    stop();
    clearFaults();
    try {
      const scene = sceneNow();
      const started = playScene(scene);
      run = started;
      lanes.reset(scene.pace > 0);
      events.reset(started.lanes);
      play.textContent = 'Stop';
      status.textContent = 'Playing.';
      frame = requestAnimationFrame(draw);
      void started.ended.then((end) => finish(started, end));
    } catch (error) {
      showFault(error);
    }
  }

  function draw(): void {
    if (!run) return;
    lanes.draw(run.lanes, run.now(), true);
    events.update(false);
    clock.textContent = `${formatMs(run.now())} ms`;
    frame = requestAnimationFrame(draw);
  }

  function finish(ended: SceneRun, end: RunEnd): void {
    if (run !== ended || destroyed) return;
    cancelAnimationFrame(frame);
    if (lanes.draw(ended.lanes, ended.now(), true)) {
      frame = requestAnimationFrame(() => finish(ended, end));
      return;
    }
    lanes.draw(ended.lanes, ended.now(), false);
    events.update(true);
    clock.textContent = `${formatMs(ended.now())} ms`;
    run = undefined;
    play.textContent = 'Play';
    const count = ended.lanes.at(-1)?.runs[0]?.marks.length ?? 0;
    status.textContent = `${endTexts[end]} after ${formatMs(ended.now())} ms, with ${count === 1 ? '1 notification' : `${count} notifications`}.`;
  }

  function showFault(error: unknown): void {
    if (!(error instanceof SceneError)) {
      status.textContent = String(error);
      return;
    }
    const { part, message } = error;
    status.textContent =
      part.kind === 'script' ? `The script cannot be read: ${message}` : `${partTexts[part.kind]} ${part.index + 1}: ${message}`;
    if (part.kind === 'script') script.fault(part.line, message);
    else if (part.kind === 'operator') operators.fault(part.index, message);
    else given.fault(part.index, message);
  }

  async function shareScene(): Promise<void> {
    try {
      const hash = preset.value === '' ? await writeSceneHash(sceneNow()) : presetHash(preset.value);
      history.replaceState(history.state, '', hash);
      await copy(location.href, share);
      status.textContent = 'The address of this page opens this scene.';
    } catch (error) {
      status.textContent = (error as Error).message;
    }
  }

  async function copy(text: string, button: HTMLElement): Promise<void> {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      status.textContent = 'The browser does not let this page copy.';
      return;
    }
    setTimeout(() => {
      button.textContent = before;
    }, 1_500);
  }

  async function openHash(): Promise<void> {
    if (!isSceneHash(location.hash)) return openPreset('retryStream');
    try {
      const found = await readSceneHash(location.hash);
      if (destroyed) return;
      if (typeof found === 'string') {
        if (!catalogue.operators.some(({ id }) => id === found)) throw new Error(`there is no preset ${found}`);
        return openPreset(found);
      }
      stop();
      show(found);
      preset.value = '';
      pace.value = String(found.pace);
      status.textContent = 'A shared scene. Press Play.';
    } catch (error) {
      status.textContent = `The address is no scene: ${(error as Error).message}.`;
      if (script.script() === '') show(catalogue.operators[0]?.preset ?? { script: 'answer Hel-lo|', given: [], operators: [] });
    }
  }

  const onHash = (): void => void openHash();
  addEventListener('hashchange', onHash);
  void openHash();

  return {
    destroy() {
      destroyed = true;
      stop();
      clearTimeout(typing);
      cancelAnimationFrame(frame);
      removeEventListener('hashchange', onHash);
      host.replaceChildren();
    },
  };
}

const endTexts: Readonly<Record<RunEnd, string>> = {
  complete: 'Completed',
  error: 'Ended with an error',
  idle: 'Nothing more happens',
  stopped: 'Unsubscribed',
  limit: 'Stopped at 20,000 values',
};

const partTexts = { operator: 'Operator', given: 'Name' } as const;

function labelled(text: string, id: string, control: HTMLElement): HTMLElement {
  return element('div', { class: 'pg-labelled' }, element('label', { for: id }, text), control);
}

/** A part with its heading; the heading is the label of a control where there is one. */
function section(title: string, ...parts: readonly (HTMLElement | string)[]): HTMLElement {
  const control = parts.find((part) => typeof part === 'string');
  const nodes = parts.filter((part) => typeof part !== 'string');
  const heading = element('h2', {}, control === undefined ? title : element('label', { for: control }, title));
  return element('section', { class: 'pg-section' }, heading, ...nodes);
}
