// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// Protects what a person does on the Live page: choosing, reading, speaking up, by mouse and keyboard, at
/// every width.
ConsoleCase {
    function test_emptyStateSaysWhereToConnect() {
        const t = open();
        verify(findText(t.root, "not listening"), "the remedy is named");
        t.stage.listen("ws://127.0.0.1:8123");
        verify(findText(t.root, 'wscat -c "ws://127.0.0.1:8123/ws/session/demo?user_id=me"'));
        verify(find(t.root, "Open the demo page"));
    }
    function test_emptyStateOfABackendThatIsAwaySaysSo() {
        const t = open();
        t.stage.loseBackend("No connection to h:1; trying again.");
        verify(findText(t.root, "Not connected"));
        verify(findText(t.root, "No connection to h:1"));
        verify(!findText(t.root, "Waiting for the first session"));
        verify(!findText(t.root, "No sessions yet"));
    }
    function test_clickingASessionShowsItsConversation() {
        const t = openWithTwo();
        tryVerify(() => findText(t.root, "user of b"));
        mouseClick(findText(t.root, "user of b"));
        compare(t.model.selectedId, "b");
        tryVerify(() => findText(t.root, "hello from b"));
        verify(!findText(t.root, "hello from a"));
    }
    function test_tokensAppear() {
        const t = openWithTwo();
        t.model.select("a");
        t.stage.token("a", "Half a **rep");
        t.stage.token("a", "ly**");
        tryVerify(() => find(t.root, "Half a reply"));
    }
    function test_takeOverByKeyAndByButton() {
        const t = openWithTwo();
        t.model.select("a");
        keyClick(Qt.Key_T);
        compare(t.stage.lastCommand, "take_over");
        mouseClick(find(t.root, "Take over"));
        compare(t.stage.commandCount, 2);
    }
    function test_approveAndDeny() {
        const t = openWithTwo();
        t.model.select("a");
        keyClick(Qt.Key_A);
        compare(t.stage.commandCount, 0, "nothing to approve");
        t.stage.waitForApproval("a", 2);
        tryVerify(() => findText(t.root, "needs approval"));
        t.stage.refuseCommands("The session is busy.");
        keyClick(Qt.Key_A);
        compare(t.stage.lastCommand, "approve");
        keyClick(Qt.Key_D);
        compare(t.stage.lastCommand, "deny");
    }
    function test_copying() {
        const t = openWithTwo();
        t.model.select("a");
        t.stage.token("a", "```\nlet it = be;\n```\n");
        tryVerify(() => find(t.root, "Copy"));
        const copy = find(t.root, "Copy");
        const clipboard = Array.from(copy.children).find(it => it.selectAll !== undefined);
        compare(clipboard.text, "", "not laid out again with every token");
        mouseClick(copy);
        verify(find(t.root, "Copied"));
        compare(clipboard.text, "");
        keyClick(Qt.Key_W);
        keyClick(Qt.Key_V, Qt.ControlModifier);
        compare(t.model.composer.text.trim(), "let it = be;");
    }
    function test_endingAsksFirst() {
        const t = openWithTwo();
        t.model.select("a");
        mouseClick(find(t.root, "End"));
        compare(t.stage.commandCount, 0);
        t.stage.pass(500);
        mouseClick(find(t.root, "End now?"));
        compare(t.stage.lastCommand, "end");
    }
    function test_aRefusalIsRead() {
        const t = openWithTwo();
        t.model.select("a");
        t.stage.refuseCommands("The session is busy.");
        keyClick(Qt.Key_T);
        tryVerify(() => findText(t.root, "The session is busy."));
        mouseClick(find(t.root, "Dismiss"));
        verify(!findText(t.root, "The session is busy."));
    }
    function test_folding_data() {
        return [
            { tag: "wide", width: 1440, list: true, conversation: true, inspector: true },
            { tag: "at the first fold", width: 1100, list: true, conversation: true, inspector: true },
            { tag: "below it", width: 1099, list: true, conversation: true, inspector: false },
            { tag: "at the second fold", width: 800, list: true, conversation: true, inspector: false },
            { tag: "below it too", width: 799, list: true, conversation: false, inspector: false },
            { tag: "smallest", width: 640, list: true, conversation: false, inspector: false },
        ];
    }
    function test_folding(data) {
        const t = openWithTwo();
        t.model.select("a");
        t.window.width = data.width;
        const page = t.window.livePage;
        tryCompare(page, "inspectorShown", data.inspector);
        tryCompare(page, "listShown", data.list);
        tryCompare(page, "conversationShown", data.conversation);
        if (data.conversation)
            return;
        keyClick(Qt.Key_Return);
        tryCompare(page, "conversationShown", true);
        compare(page.listShown, false);
        keyClick(Qt.Key_Escape);
        tryCompare(page, "listShown", true);
    }
    function test_theConversationSticksToItsEndUntilScrolled() {
        const t = openWithTwo();
        t.model.select("a");
        for (let seq = 2; seq < 60; ++seq)
            t.stage.userSays("a", seq, "line " + seq);
        const list = find(t.root, "Conversation");
        tryVerify(() => list.atYEnd && list.contentHeight > list.height);
        keyClick(Qt.Key_PageUp);
        tryVerify(() => !list.atYEnd);
        tryCompare(list, "moving", false);
        const y = list.contentY;
        t.stage.userSays("a", 60, "one more");
        wait(50);
        compare(list.contentY, y, "does not jump away from what is read");
        mouseClick(find(t.root, "Jump to live"));
        tryVerify(() => list.atYEnd);
        mouseDrag(list, 8, 100, 0, 300);
        tryVerify(() => !list.atYEnd);
        tryCompare(list, "moving", false);
        compare(list.sticking, false);
        for (let pages = 0; pages < 10; ++pages)
            keyClick(Qt.Key_PageDown);
        verify(list.sticking, "sticks again at the end");
        t.stage.userSays("a", 61, "and one");
        tryVerify(() => list.atYEnd);
    }
    function test_eachPageIsReachedByTheRail() {
        const t = open();
        t.stage.listen("ws://127.0.0.1:8123");
        mouseClick(find(t.window.contentItem, "Tools"));
        tryVerify(() => findText(t.root, "No tool was called yet"));
        t.stage.pass(2000);
        mouseClick(find(t.window.contentItem, "Metrics"));
        tryVerify(() => findText(t.root, "Tokens per second"));
        verify(findText(t.root, "http://127.0.0.1:8123/metrics"));
        mouseClick(t.window.contentItem, 30, 500);
        compare(t.window.page, 3, "no page is where none is shown");
        mouseClick(find(t.root, "Settings"));
        mouseClick(find(t.root, "Light"));
        compare(Theme.dark, false);
        mouseClick(find(t.root, "Dark"));
        compare(Theme.dark, true);
        keyClick(Qt.Key_K, Qt.ControlModifier);
        compare(t.window.page, 0, "searching leads back to the sessions");
    }
    function test_aCallIsDecidedOnTheToolsPage() {
        const t = openWithTwo();
        t.stage.waitForTool("b", 5, "refund_order", "ORD-1042");
        mouseClick(find(t.window.contentItem, "Tools, 1 needs you"));
        tryVerify(() => findText(t.root, "1 call waits for you"));
        mouseClick(find(t.root, "Approve refund_order for user of b"));
        compare(t.stage.lastCommand, "approve");
        compare(t.stage.commandCount, 1);
        const name = findText(find(t.root, "refund_order for user of b, waits for approval, now"), "refund_order");
        verify(name.width > name.implicitWidth - 1, "whole: " + name.width + " of " + name.implicitWidth);
        mouseClick(find(t.root, "Open the conversation with user of b"));
        compare(t.window.page, 0);
        compare(t.model.selectedId, "b");
        t.window.width = 700;
        tryVerify(() => t.window.livePage.conversationShown, 2000, "the conversation, not the list");
    }
    function test_aDoubleClickDecidesOnce() {
        const t = openWithTwo();
        t.stage.waitForTool("b", 5, "refund_order", "ORD-1042");
        mouseClick(find(t.window.contentItem, "Tools, 1 needs you"));
        tryVerify(() => findText(t.root, "1 call waits for you"));
        t.stage.refuseCommands("Not now."); // so that it could be decided again
        for (const answer of ["Approve", "Deny"]) {
            t.stage.forget();
            mouseDoubleClickSequence(find(t.root, answer + " refund_order for user of b"));
            compare(t.stage.commandCount, 1);
        }
    }

    name: "LivePage"
}
