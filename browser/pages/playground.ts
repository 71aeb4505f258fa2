import catalogue from '../../site/playground/generated/catalogue.json' with { type: 'json' };
import { mountPlayground } from '../../site/playground/view/mountPlayground.js';

const host = document.querySelector<HTMLElement>('#host');
if (host) mountPlayground(host, catalogue);
