/** A small picture, as the camera would give one. */
export async function photograph(inputSelector) {
    const canvas = document.createElement("canvas");
    canvas.width = 60;
    canvas.height = 40;
    canvas.getContext("2d").fillRect(5, 5, 30, 20);
    const blob = await new Promise((resolve) => {
        canvas.toBlob(resolve, "image/jpeg");
    });
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], "card.jpg", { type: "image/jpeg" }));
    const inputEl = document.querySelector(inputSelector);
    inputEl.files = transfer.files;
    inputEl.dispatchEvent(new Event("change", { bubbles: true }));
}
