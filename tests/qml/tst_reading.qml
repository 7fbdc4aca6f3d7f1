// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

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

    name: "Reading"
}
