import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllAttributes, queryFirst, setInputFiles } from "@odoo/hoot-dom";
import { animationFrame, mockUserAgent } from "@odoo/hoot-mock";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

const PIXEL =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

class Card extends models.Model {
    _name = "card";
    front_id = fields.Many2one({ relation: "stored" });
    front_image = fields.Binary({ string: "Front" });
    back_id = fields.Many2one({ relation: "stored" });
    back_image = fields.Binary({ string: "Back side" });

    _records = [
        { id: 1, front_id: 7, front_image: "2.93 Mb", back_id: 8, back_image: "1.00 Kb" },
        { id: 2 },
    ];
}
class Stored extends models.Model {
    _name = "stored";
    name = fields.Char();
    _records = [
        { id: 7, name: "front.jpg" },
        { id: 8, name: "back.pdf" },
    ];
}
defineModels([Card, Stored]);
defineMailModels();

const FORM = `<form>
    <field name="front_image" widget="dive_scan"/>
    <field name="back_image" widget="dive_scan"/>
</form>`;

async function mount(resId, arch = FORM) {
    await mountView({ type: "form", resModel: "card", resId, arch });
}

/** Choose a file made of bytes, as a person does. */
async function choose(name, bytes, type) {
    await contains(`.o_field_widget[name=front_image] button.o_dive_scan_empty`).click();
    await setInputFiles([new File([bytes], name, { type })]);
    await animationFrame();
    await animationFrame();
}

function bytesOf(base64) {
    return Uint8Array.from(window.atob(base64), (char) => char.charCodeAt(0));
}

function watchNotifications() {
    mockService("notification", {
        add(message, { type }) {
            expect.step(`${type}: ${message}`);
        },
    });
}

test("stored files are shown from their own address", async () => {
    await mount(1);
    expect(queryAllAttributes(".o_dive_scan img", "data-src")).toHaveLength(1);
    expect(".o_field_widget[name=front_image] img").toHaveAttribute(
        "data-src",
        "/dive/file/7/thumbnail"
    );
    expect(".o_field_widget[name=front_image] img").toHaveAttribute("alt", "Front");
    expect(".o_field_widget[name=back_image] .fa-file-pdf-o").toHaveCount(1);
    expect(".o_dive_scan_replace").toHaveCount(2);
    expect(".o_dive_scan_remove").toHaveCount(2);
    expect(".o_dive_scan_camera").toHaveCount(0);
});

test("a click opens the picture, or the PDF in the viewer", async () => {
    await mount(1);
    await contains(".o_field_widget[name=front_image] .o_dive_scan_tile").click();
    expect(".o-FileViewer-viewImage").toHaveAttribute("data-src", "/dive/file/7");
    expect(".o-FileViewer-download a:eq(0)").toHaveAttribute(
        "href",
        "/dive/file/7?download=1"
    );
    await contains(".o-FileViewer-headerButton[aria-label=Close]").click();
    await contains(".o_field_widget[name=back_image] .o_dive_scan_tile").click();
    expect(queryFirst(".o-FileViewer iframe").dataset.src).toInclude(
        encodeURIComponent("/dive/file/8")
    );
});

test("a file whose thumbnail does not load says so", async () => {
    await mount(1);
    queryFirst(".o_dive_scan img").dispatchEvent(new Event("error"));
    await animationFrame();
    expect(".o_field_widget[name=front_image] .o_dive_scan_tile").toHaveText(
        "Cannot be shown"
    );
});

test("an empty one says how to fill it; the picture shows before it is saved", async () => {
    onRpc("card", "web_save", ({ args }) => {
        expect.step(`saved ${args[1].front_image === PIXEL}`);
    });
    await mount(2);
    expect(".o_field_widget[name=front_image] button.o_dive_scan_empty").toHaveText(
        "Photograph or file"
    );
    expect(".o_field_widget[name=front_image] button.o_dive_scan_empty").toHaveAttribute(
        "aria-label",
        "Front: photograph or file"
    );
    await choose("card.png", bytesOf(PIXEL), "image/png");
    expect(".o_field_widget[name=front_image] img").toHaveAttribute(
        "data-src",
        `data:image/png;base64,${PIXEL}`
    );
    await clickSave();
    expect.verifySteps(["saved true"]);
});

test("removing writes nothing in its place", async () => {
    onRpc("card", "web_save", ({ args }) => {
        expect.step(`saved ${JSON.stringify(args[1])}`);
    });
    await mount(1);
    await contains(".o_field_widget[name=front_image] .o_dive_scan_remove").click();
    expect(".o_field_widget[name=front_image] button.o_dive_scan_empty").toHaveCount(1);
    await clickSave();
    expect.verifySteps(['saved {"front_image":false}']);
});

test("what cannot be taken is refused before it is sent", async () => {
    watchNotifications();
    await mount(2);
    await choose("empty.jpg", "", "image/jpeg");
    await choose("large.jpg", new Uint8Array(10 * 2 ** 20 + 1), "image/jpeg");
    await choose("page.jpg", "<html>", "image/jpeg");
    await choose("photo.heic", "\0\0\0\x1cftypheic\0\0\0\0", "image/heic");
    expect.verifySteps([
        "danger: empty.jpg is empty. Choose it again.",
        "danger: large.jpg has 10.00 Mb; 10.00 Mb is the most. Take the photograph anew with fewer pixels, or send fewer pages.",
        "danger: page.jpg is not a JPEG, PNG or PDF. Send one of these.",
        "danger: photo.heic is a HEIC photograph, as iPhones take them; a JPEG is needed. On the iPhone choose Settings → Camera → Formats → Most Compatible and take it again, or send a screenshot of it.",
    ]);
    expect(".o_field_widget[name=front_image] button.o_dive_scan_empty").toHaveCount(1);
});

test("read only: looking, not changing", async () => {
    const arch = FORM.replaceAll("/>", ' readonly="1"/>');
    await mount(1, arch);
    expect(".o_dive_scan_tile").toHaveCount(2);
    expect(".o_dive_scan input").toHaveCount(0);
    expect(".o_dive_scan_buttons").toHaveCount(0);
});

test("nothing there, read only", async () => {
    await mount(2, FORM.replaceAll("/>", ' readonly="1"/>'));
    expect(".o_dive_scan_empty:eq(0)").toHaveText("No picture");
    expect(".o_dive_scan button").toHaveCount(0);
});

test("a phone offers its camera", async () => {
    mockUserAgent("android");
    await mount(2);
    expect(
        ".o_field_widget[name=front_image] input[capture=environment]"
    ).toHaveAttribute("accept", "image/jpeg");
    expect(
        ".o_field_widget[name=front_image] input:not([capture])"
    ).toHaveAttribute("accept", "image/jpeg,image/png,application/pdf");
    expect(".o_dive_scan_camera:eq(0)").toHaveAttribute(
        "aria-label",
        "Front: take a photograph"
    );
});
