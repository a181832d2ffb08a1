import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const LIST = [
    "Customer no,First name,Last name,E-mail,Phone,Country,Notes,Newsletter",
    "T1,Anna,Tourist,anna.tourist@mail.example,0151 23456789,DE,=1+1,yes",
    "T2,Benno,Tourist,ANNA.tourist@mail.example,,DE,,",
    "T3,Cora,Tourist,cora.tourist@mail.example,phone?,DE,,",
    "T4,Dora,Tourist,dora.tourist@mail.example,,DE,,no",
].join("\r\n");

/** Give `input` a file, as somebody does who chooses one. */
function choose(input, name, content) {
    const files = new DataTransfer();
    files.items.add(new File([content], name, { type: "text/csv" }));
    input.files = files.files;
    input.dispatchEvent(new Event("change"));
}

registry.category("web_tour.tours").add("dive_customer_import", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the app",
            trigger: ".o_app[data-menu-xmlid='dive_crm.menu_root']",
            run: "click",
        },
        {
            content: "open the menu of customers",
            trigger: "button[data-menu-xmlid='dive_crm.menu_customers']",
            run: "click",
        },
        {
            content: "import customers",
            trigger: "a[data-menu-xmlid='dive_crm.menu_dive_customer_import']",
            run: "click",
        },
        {
            content: "the rules are on the screen; a file that is too big is refused",
            trigger: ".o_dive_import_rules:contains('two people, one e-mail')",
            run: () => {
                const input = document.querySelector(".o_dive_import_file input");
                choose(input, "big.csv", new Uint8Array(11 * 2 ** 20));
            },
        },
        {
            trigger: ".o_notification:contains('big.csv has 11 MB')",
        },
        {
            content: "an empty list meets a message",
            trigger: ".o_dive_import_file button:contains('Choose a file')",
            run: () => {
                const input = document.querySelector(".o_dive_import_file input");
                choose(input, "empty.csv", "Name,E-mail\r\n");
            },
        },
        {
            trigger: "button[name='action_check']",
            run: "click",
        },
        {
            content: "choose the right one",
            trigger: ".alert-danger:contains('no rows below its header')",
            run: () => {
                const input = document.querySelector(".o_dive_import_file input");
                choose(input, "tourists.csv", LIST);
            },
        },
        {
            trigger: ".o_dive_import_file:contains('tourists.csv')",
        },
        {
            content: "check it",
            trigger: "button[name='action_check']:contains('Check the file')",
            run: "click",
        },
        {
            content: "kinds of faults with their rules",
            trigger: "div[name='kind_ids']:contains('Two people, one e-mail')",
        },
        {
            content: "columns without a place yet are named",
            trigger: ".alert-info:contains('Newsletter')",
        },
        {
            content: "row by row",
            trigger: ".nav-link[name='lines']",
            run: "click",
        },
        {
            trigger:
                "div[name='line_ids'] tr:contains('already stands in row 2, for Anna Tourist')",
        },
        {
            trigger: "div[name='line_ids'] tr:contains('“phone?” is not a phone number.')",
        },
        {
            trigger: "button[name='action_download_xlsx']",
        },
        {
            content: "import the rest",
            trigger: "button[name='action_import']:contains('Import 2 customers')",
            run: "click",
        },
        {
            content: "look at them",
            trigger: "button[name='action_open_customers']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Dora Tourist')",
        },
        {
            trigger: ".o_data_row:contains('Anna Tourist'):contains('+49 1512 3456789')",
        },
        {
            trigger: ".o_breadcrumb:contains('Imported customers')",
        },
    ],
});
