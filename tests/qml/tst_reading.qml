// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest

/// Protects the reader's place: what happens elsewhere does not take away what is read or looked through.
ConsoleCase {
    function offset(list) {
        return list.contentY - list.originY;
    }
    function openWithMany() {
        const t = open();
        for (let i = 0; i < 60; ++i)
            t.stage.openSession("s" + i, 1000 + i);
        t.list = find(t.root, "Sessions");
        tryCompare(t.list, "count", 60);
        return t;
    }
    function openLong() {
        const t = openWithTwo();
        t.model.select("a");
        for (let seq = 2; seq < 60; ++seq)
            t.stage.userSays("a", seq, "line " + seq);
        t.list = find(t.root, "Conversation");
        tryVerify(() => t.list.atYEnd && t.list.contentHeight > t.list.height);
        return t;
    }

    function test_whoConnectsDoesNotMoveTheSessions() {
        const t = openWithMany();
        t.model.select("s59");
        t.list.contentY = t.list.originY + 1200;
        tryVerify(() => find(t.list, "s59") === null);
        const middle = t.list.itemAt(10, t.list.contentY + 200);
        const at = place(middle).y;
        t.stage.openSession("new", 5000);
        tryCompare(t.list, "count", 61);
        wait(300);
        compare(place(middle).y, at, "a session connects");
        t.stage.waitForApproval("s20", 2);
        wait(300);
        fuzzyCompare(place(middle).y, at, 1.1 * middle.height, "a session comes to need approval");
        verify(offset(t.list) > 1000);
    }
    function test_theKeysKeepTheChosenSessionInSight() {
        const t = openWithMany();
        for (let i = 0; i < 30; ++i)
            keyClick(Qt.Key_J);
        const row = t.list.itemAtIndex(t.model.selectedRow);
        verify(row, "it is there");
        verify(row.y >= t.list.contentY && row.y + row.height <= t.list.contentY + t.list.height);
        for (let i = 0; i < 29; ++i)
            keyClick(Qt.Key_K);
        compare(t.model.selectedRow, 0);
        verify(t.list.atYBeginning);
    }
    function test_longCodeThatGrowsIsNotLaidOutWithEveryToken() {
        const t = openWithTwo();
        t.model.select("a");
        let code = "```\n";
        for (let i = 0; i < 2000; ++i)
            code += "let line" + i + " = be;\n";
        t.stage.token("a", code);
        const isCode = it => it.selectByMouse && it.text.includes("line1999");
        tryVerify(() => findWhere(t.root, isCode));
        const shown = findWhere(t.root, isCode);
        layouts.target = shown;
        layouts.clear();
        for (let i = 0; i < 20; ++i) {
            t.stage.token("a", "and more" + i + "\n");
            wait(20);
        }
        verify(layouts.count < 5, layouts.count);
        tryVerify(() => shown.text.includes("and more19"), 20000);
    }
    function test_theBarCanBeDraggedWhileItStreams() {
        const t = openLong();
        const bar = findWhere(t.list, it => it.stepSize !== undefined && it.position !== undefined);
        const y = (bar.position + bar.size / 2) * bar.height;
        mousePress(bar, bar.width / 2, y);
        for (let i = 1; i <= 20; ++i)
            mouseMove(bar, bar.width / 2, y - i * 5);
        verify(!t.list.sticking);
        const position = bar.position;
        verify(position + bar.size < 0.9, "it went along: " + position);
        t.stage.userSays("a", 60, "one more");
        wait(50);
        verify(!t.list.atYEnd, "does not jump to the end");
        mouseRelease(bar, bar.width / 2, y - 100);
        t.stage.userSays("a", 61, "and one");
        wait(50);
        verify(!t.list.sticking && !t.list.atYEnd, "nor when it was let go");
        const from = (bar.position + bar.size / 2) * bar.height;
        mousePress(bar, bar.width / 2, from);
        for (let i = 1; i <= 20; ++i)
            mouseMove(bar, bar.width / 2, from + i * 20);
        mouseRelease(bar, bar.width / 2, from + 400);
        verify(t.list.sticking, "sticks again at the end");
        t.stage.userSays("a", 62, "the last");
        tryVerify(() => t.list.atYEnd);
    }
    function test_whatIsThereStaysReadableWhenLoadingFails() {
        const t = openWithTwo();
        t.model.select("a");
        tryVerify(() => findText(t.root, "hello from a"));
        t.stage.loseBatches("There is no connection.");
        tryVerify(() => findText(t.root, "There is no connection."));
        verify(findText(t.root, "hello from a"));
        verify(place(findText(t.root, "There is no connection.")).y < place(find(t.root, "Conversation")).y, "above it");
        t.stage.loseBatches("");
        verify(!findText(t.root, "There is no connection."));
        t.stage.loseBatches("There is no connection.");
        t.model.select("b");
        tryVerify(() => find(t.root, "The conversation could not be loaded"));
        compare(t.model.transcript.count, 0);
        verify(find(t.root, "Try again"));
    }

    function test_theHistoryIsAsItWasLeft() {
        const t = open();
        for (let i = 0; i < 60; ++i)
            t.stage.store("h" + i, "user " + i, "hello", "");
        t.window.page = 1;
        const list = find(t.root, "Stored sessions");
        tryCompare(list, "count", 60);
        for (let i = 0; i < 40; ++i)
            keyClick(Qt.Key_J);
        compare(t.history.selectedId, "h39");
        verify(list.itemAtIndex(39).y + list.itemAtIndex(39).height <= list.contentY + list.height, "in sight");
        const y = list.contentY;
        verify(y > 0);
        t.stage.store("new", "user of new", "hello", "");
        t.window.page = 0;
        wait(50);
        t.window.page = 1;
        wait(50);
        compare(list.contentY, y);
        compare(list.count, 60);
        mouseClick(find(t.root, "Refresh"));
        tryCompare(list, "count", 61);
        compare(t.history.selectedId, "h39");
        t.stage.store("newer", "user of newer", "hello", "");
        keyClick(Qt.Key_F5);
        tryCompare(list, "count", 62);
    }
    function test_aHistoryThatFailedIsAskedForAgain() {
        const t = open();
        t.stage.failSearch("The journal cannot be read.");
        t.window.page = 1;
        tryVerify(() => findText(t.root, "The journal cannot be read."));
        t.stage.store("s-1", "ana", "hello", "");
        t.window.page = 0;
        t.window.page = 1;
        tryVerify(() => findText(t.root, "ana"));
    }

    name: "Reading"

    SignalSpy {
        id: layouts

        signalName: "textChanged"
    }
}
