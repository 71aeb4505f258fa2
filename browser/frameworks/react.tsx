import { createRoot } from 'react-dom/client';
import { useConversation } from './useConversation';

function Chat() {
  const [state, dispatch] = useConversation();
  return (
    <>
      <p id="status">{state?.status}</p>
      <p id="text">{state?.live?.text ?? ''}</p>
      <p id="turns">{state?.turns.map(({ role }) => role).join(' ')}</p>
      <button type="button" id="send" onClick={() => dispatch({ type: 'send', text: 'Hello' })} />
    </>
  );
}

const root = createRoot(document.body.appendChild(document.createElement('main')));
root.render(<Chat />);
Object.assign(globalThis, { unmount: () => root.unmount() });
