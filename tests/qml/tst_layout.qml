// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/// Protects that at every width each thing has its own place, whole or shortened, and nothing lies on another.
ConsoleCase {
    readonly property string longUser: "maria.gonzalez@example.com"
    readonly property string uuid: "550e8400-e29b-41d4-a716-446655440000"

    function allShown(item, matches, found = []) {
        if (item.visible && matches(item))
            found.push(item);
        for (let i = 0; i < item.children.length; ++i)
            if (item.visible)
                allShown(item.children[i], matches, found);
        return found;
    }
    function meet(a, b) {
        const inside = (x, end, otherX, otherEnd) => x < otherEnd - 0.5 && otherX < end - 0.5;
        return inside(a.x, a.x + a.width, b.x, b.x + b.width) && inside(a.y, a.y + a.height, b.y, b.y + b.height);
    }
    /// That no item lies on another or leaves `within`.
    function verifyApart(items, within) {
        const room = place(within);
        const rects = items.map(place);
        rects.forEach((r, i) => {
            verify(r.x >= room.x - 0.5 && r.x + r.width <= room.x + room.width + 0.5, items[i].text + " at " + r + " leaves " + room);
            for (let k = 0; k < i; ++k)
                verify(!meet(r, rects[k]), items[i].text + " at " + r + " lies on " + items[k].text + " at " + rects[k]);
        });
    }
    function widths() {
        return [640, 799, 800, 850, 900, 1000, 1099, 1100, 1120, 1150, 1175, 1200, 1280, 1331, 1332, 1440].map(width => ({ tag: String(width), width: width }));
    }
    function partsOfHeader(header) {
        return allShown(header, it => it !== header && it.text !== undefined && String(it.text).length > 1 && !(it.parent.text === it.text));
    }

    function test_theHeaderHoldsItsButtons_data() {
        return widths();
    }
    function test_theHeaderHoldsItsButtons(data) {
        const t = open();
        t.stage.openWaiting(uuid, longUser, "calculate_shipping");
        t.model.select(uuid);
        t.window.width = data.width;
        t.window.livePage.open();
        tryVerify(() => t.window.livePage.conversationShown);
        mouseClick(find(t.root, "End"));
        tryVerify(() => find(t.root, "End now?"));
        waitForRendering(t.root);
        const end = find(t.root, "End now?");
        const header = findWhere(t.root, it => it.stacked !== undefined && it.canGoBack !== undefined);
        verifyApart(partsOfHeader(header), header);
        verify(end.width >= end.implicitWidth, "whole");
        for (const name of ["Stop reply", "Resume AI", "Take over"])
            verify(find(header, name), name);
        const title = findText(header, longUser);
        verify(title.width >= 90, "the name has room: " + title.width);
    }
    function test_theStoredHeaderHoldsItsButtons_data() {
        return widths();
    }
    function test_theStoredHeaderHoldsItsButtons(data) {
        const t = open();
        t.stage.storeLive(uuid, longUser);
        t.window.page = 1;
        t.window.width = data.width;
        tryVerify(() => findText(t.root, longUser));
        t.history.select(uuid);
        t.window.historyPage.open();
        tryVerify(() => find(t.root, "Open live"));
        waitForRendering(t.root);
        const header = findWhere(t.root, it => it.saving !== undefined && it.canGoBack !== undefined);
        verifyApart(partsOfHeader(header), header);
    }

    function test_theStatusBarHoldsWhatMatters_data() {
        const rows = [];
        for (const w of widths())
            for (const wordy of [false, true])
                rows.push({ tag: w.tag + (wordy ? " wordy" : ""), width: w.width, wordy: wordy });
        return rows;
    }
    function test_theStatusBarHoldsWhatMatters(data) {
        const t = open();
        const address = data.wordy ? "wss://loquat.eu-central.customer-organisation.example.com:8443" : "ws://127.0.0.1:8000";
        t.stage.lag(address, data.wordy ? "some-provider/a-very-long-model-name-with-quantisation-Q4_K_M" : "gpt-4o-mini", 123456);
        t.stage.joinNodes();
        t.window.width = data.width;
        const bar = t.window.footer;
        waitForRendering(t.root);
        const shown = allShown(bar, it => it.text !== undefined && String(it.text).length > 1);
        verifyApart(shown, bar);
        for (const part of [address, "open", "ok", "Supabase", "unreachable"])
            verify(findText(bar, part), part);
        for (const whole of ["open", "unreachable", "ok"])
            verify(!findText(bar, whole).truncated, whole);
        verify(place(findText(bar, address)).width > 60);
        if (data.width === 1440)
            for (const part of ["first token", "nodes", "tok/s", data.wordy ? "first" : "queued"])
                verify(findText(bar, part), part);
        if (data.width === 640)
            verify(!findText(bar, "queued"));
    }
    function test_aLongToolNameHidesNothing() {
        const t = openWithTwo();
        t.model.select("a");
        t.window.width = 1100;
        t.stage.waitForTool("a", 2, "a_tool_of_a_server_with_prefixes__".repeat(8), "שלום");
        const isCard = it => it.waits === true && it.args !== undefined;
        tryVerify(() => findWhere(t.root, isCard));
        const card = findWhere(t.root, isCard);
        const word = findText(card, "needs approval");
        waitForRendering(t.root);
        verify(word.width >= word.implicitWidth);
        const args = findText(card, "שלום");
        verify(place(word).y + word.height < place(args).y, "beside the name");
        for (const item of [word, args, findText(card, "a_tool"), findText(card, "Approve")])
            verify(place(item).x + item.width <= place(card).x + card.width, item.text);
        compare(args.effectiveHorizontalAlignment, TextEdit.AlignLeft);
    }
    function test_aLongNameLeavesTheTime() {
        const t = open();
        t.stage.openWaiting("a", "a-user-with-a-name-".repeat(10), "x");
        t.stage.userSays("a", 1, "hello");
        t.model.select("a");
        tryVerify(() => findText(t.root, "hello"));
        const list = find(t.root, "Conversation");
        const name = findWhere(list, it => it.text === t.model.title);
        const time = findWhere(list, it => /\d\d:\d\d:\d\d$/.test(it.text));
        verify(name.truncated);
        verify(time.width >= time.implicitWidth && place(time).x + time.width <= place(list).x + list.width);
    }
    function test_codeStaysOnTheLeft() {
        const t = openWithTwo();
        t.model.select("a");
        t.stage.token("a", "```\nשלום = 1\n```\n");
        const list = find(t.root, "Conversation");
        tryVerify(() => findText(list, "שלום = 1"));
        const code = findWhere(list, it => it.text === "שלום = 1" && it.effectiveHorizontalAlignment !== undefined);
        compare(code.effectiveHorizontalAlignment, TextEdit.AlignLeft);
    }

    name: "Layout"
}
