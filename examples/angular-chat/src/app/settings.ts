import { DOCUMENT } from '@angular/common';
import { Component, effect, inject, signal } from '@angular/core';
import { Chat } from './chat';
import type { TransportName } from './transports';

const themeKey = 'rxllm-theme';

/** How the provider behaves, how its answers come here, and how they look. */
@Component({
  selector: 'app-settings',
  templateUrl: './settings.html',
  styleUrl: './settings.css',
})
export class Settings {
  protected readonly chat = inject(Chat);
  protected readonly theme = signal(localStorage.getItem(themeKey) ?? 'system');

  protected readonly themes = ['system', 'light', 'dark'];
  protected readonly faults: readonly (readonly [value: string, name: string])[] = [
    ['none', 'Well'],
    ['cut', 'Cuts the answer off'],
    ['stall', 'Goes silent'],
    ['rate-limit', 'Too many requests (429)'],
    ['slow', 'Is slow'],
    ['unauthorized', 'Does not know you (401)'],
  ];
  protected readonly transports: readonly TransportName[] = ['fromWire', 'HttpClient'];

  constructor() {
    const root = inject(DOCUMENT).documentElement;
    effect(() => {
      root.dataset['theme'] = this.theme();
      localStorage.setItem(themeKey, this.theme());
    });
  }

  /** On a phone the settings would take the room of the chat. */
  protected readonly isOpen = matchMedia('(width >= 56rem)').matches;

  protected setTransport(name: string): void {
    this.chat.transport.set(name === 'HttpClient' ? name : 'fromWire');
  }
}
