/** Sign with a finger in the middle of a canvas, as the signature pad expects it. */
export function draw(selector) {
    const canvas = document.querySelector(selector);
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const fire = (type, x, y, buttons) =>
        canvas.dispatchEvent(
            new window.PointerEvent(type, {
                bubbles: true,
                cancelable: true,
                isPrimary: true,
                pointerId: 1,
                pointerType: "touch",
                buttons,
                clientX: left + width * x,
                clientY: top + height * y,
            })
        );
    fire("pointerdown", 0.3, 0.4, 1);
    for (const [x, y] of [
        [0.4, 0.6],
        [0.5, 0.35],
        [0.6, 0.6],
        [0.7, 0.4],
    ]) {
        fire("pointermove", x, y, 1);
    }
    fire("pointerup", 0.7, 0.4, 0);
}
