import { afterNextRender, DestroyRef, Directive, ElementRef, inject } from '@angular/core';

/** How far from its end, in pixels, a list still counts as at its end: the sizes are rounded. */
const tolerance = 2;

/**
 * Keeps what scrolls at its end while its content grows, until the user scrolls up. It reads sizes where the browser has just computed them:
 * between the layout of a frame and its paint. A reversed column would stay there without a script, but each growth moves all of its content.
 */
@Directive({
  selector: '[appStayAtEnd]',
  // Where the browser corrects the position itself, that would count as scrolling up.
  host: { '[style.overflow-anchor]': '"none"' },
})
export class StayAtEnd {
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  /** The scroll position of the end as it was before. */
  private end = 0;

  constructor() {
    const observer = new ResizeObserver(() => this.follow());
    afterNextRender(() => {
      for (const element of [this.element, ...this.element.children]) observer.observe(element);
    });
    inject(DestroyRef).onDestroy(() => observer.disconnect());
  }

  private follow(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    const end = scrollHeight - clientHeight;
    if (scrollTop >= Math.min(this.end, end) - tolerance) this.element.scrollTop = end;
    this.end = end;
  }
}
