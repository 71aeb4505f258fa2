import { Component, computed, inject, input } from '@angular/core';
import { Chat } from './chat';
import type { ToolView } from './messages';
import { Recorder } from './recorder';

/** A call of a tool: what it is called with while that is written, its progress, its result, and the decision of the user. */
@Component({
  selector: 'app-tool-call',
  templateUrl: './tool-call.html',
  styleUrl: './tool-call.css',
})
export class ToolCall {
  readonly tool = input.required<ToolView>();

  protected readonly chat = inject(Chat);
  private readonly recorder = inject(Recorder);

  protected readonly progress = computed(() => this.recorder.recording().progress[this.tool().callId]);
  protected readonly status = computed(() => {
    const { status } = this.tool();
    return status === 'called' && this.progress() !== undefined ? 'running' : status;
  });
  /** From 0 to 1, where the tool reports that. */
  protected readonly fraction = computed(() => {
    const progress = this.progress();
    const fraction =
      typeof progress === 'object' && progress !== null && 'fraction' in progress ? progress['fraction'] : undefined;
    return typeof fraction === 'number' ? fraction : undefined;
  });

  protected show(value: unknown): string {
    return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  }

  protected message(value: unknown): string {
    const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : value;
    return this.show(message);
  }

  protected decide(approved: boolean): void {
    this.chat.approve(this.tool().callId, approved);
  }
}
