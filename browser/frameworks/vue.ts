import { createApp, h } from 'vue';
import { useConversation } from './useConversation';

const app = createApp({
  setup() {
    // biome-ignore lint/correctness/useHookAtTopLevel: It is a composable of Vue, and no hook of React.
    const { state, dispatch } = useConversation();
    return () => [
      h('p', { id: 'status' }, state.value?.status),
      h('p', { id: 'text' }, state.value?.live?.text ?? ''),
      h('p', { id: 'turns' }, state.value?.turns.map(({ role }) => role).join(' ')),
      h('button', { id: 'send', onClick: () => dispatch({ type: 'send', text: 'Hello' }) }),
    ];
  },
});
app.mount(document.body.appendChild(document.createElement('main')));
Object.assign(globalThis, { unmount: () => app.unmount() });
