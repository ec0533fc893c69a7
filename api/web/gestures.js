// Arrow keys and swipes turn pages, space speaks; in a form, a dialog or a button they are its own.

const ELSEWHERE = 'input, select, textarea, dialog, [popover]';
const SWIPE = 50; // pixels

/** Until `signal` aborts, for this reader. */
export function turnByKeysAndSwipes(reader, signal) {
  const direction = () => (reader.book.node.dir === 'rtl' ? -1 : 1);
  const step = (by) => reader.turn(reader.index + by);
  const keys = {
    ArrowRight: () => step(direction()),
    ArrowLeft: () => step(-direction()),
    PageDown: () => step(1),
    PageUp: () => step(-1),
    Home: () => reader.turn(0),
    End: () => reader.turn(reader.pages.length - 1),
    ' ': () => reader.player.toggle(),
  };
  const pressed = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest(ELSEWHERE) || (event.key === ' ' && event.target.closest('button, a, summary'))) return;
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  };
  let from = null;
  const touched = (event) => {
    from = event.touches.length === 1 ? event.touches[0] : null;
  };
  const lifted = (event) => {
    if (!from) return;
    const [to] = event.changedTouches;
    const [across, down] = [to.clientX - from.clientX, to.clientY - from.clientY];
    if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down))
      step(across < 0 ? direction() : -direction());
  };
  addEventListener('keydown', pressed, { signal });
  reader.book.node.addEventListener('touchstart', touched, { passive: true, signal });
  reader.book.node.addEventListener('touchend', lifted, { passive: true, signal });
}
