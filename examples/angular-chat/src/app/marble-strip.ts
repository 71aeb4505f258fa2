import { Component, computed, inject } from '@angular/core';
import { type Marble, Recorder } from './recorder';

interface DrawnMarble extends Marble {
  /** The way from the marble before, in pixels. */
  readonly gap: number;
  readonly label: string;
}

const pixelsPerMs = 0.06;

/** Draws the events of the stream that runs, as a marble diagram: the newest are at the right. */
@Component({
  selector: 'app-marble-strip',
  templateUrl: './marble-strip.html',
  styleUrl: './marble-strip.css',
})
export class MarbleStrip {
  protected readonly recording = inject(Recorder).recording;
  protected readonly marbles = computed(() => this.recording().marbles.map(drawn));
  protected readonly legend = ['text', 'reasoning', 'tool', 'usage', 'reset', 'end'];
}

function drawn(marble: Marble, index: number, all: readonly Marble[]): DrawnMarble {
  const wait = marble.at - (all[index - 1]?.at ?? marble.at);
  const { type, count, detail } = marble;
  const label = `${count > 1 ? `${count} × ` : ''}${type}${detail ? `: ${detail}` : ''}, ${Math.round(marble.at)} ms`;
  return { ...marble, gap: Math.min(48, 3 + wait * pixelsPerMs), label };
}
