// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/// Protects that the Live page's keys do what is shown, to what is shown, and nothing while somebody types.
ConsoleCase {
    function test_keysWalkThroughTheSessions() {
        const t = openWithTwo();
        keyClick(Qt.Key_J);
        compare(t.model.selectedId, "a");
        keyClick(Qt.Key_J);
        compare(t.model.selectedId, "b");
        keyClick(Qt.Key_K);
        compare(t.model.selectedId, "a");
        keyClick(Qt.Key_Down);
        compare(t.model.selectedId, "b");
        keyClick(Qt.Key_Up);
        compare(t.model.selectedId, "a");
    }
    function test_whisperByKeyboard() {
        const t = openWithTwo();
        keyClick(Qt.Key_J);
        keyClick(Qt.Key_W);
        for (const c of "jkt w")
            keyClick(c);
        compare(t.model.selectedId, "a", "letters typed are no shortcuts");
        compare(t.stage.commandCount, 0);
        compare(t.model.composer.text, "jkt w");
        keyClick(Qt.Key_Return);
        compare(t.stage.lastCommand, "whisper");
        compare(t.stage.lastText, "jkt w");
        compare(t.model.composer.text, "");
    }
    function test_whoTookOverTypesToTheUser() {
        const t = openWithTwo();
        t.model.select("a");
        keyClick(Qt.Key_T);
        for (const c of "thank")
            keyClick(c);
        compare(t.model.selectedId, "a", "letters typed are no shortcuts");
        compare(t.stage.commandCount, 1);
        keyClick(Qt.Key_Return);
        compare(t.stage.lastText, "thank");
        keyClick(Qt.Key_Escape);
        keyClick(Qt.Key_J);
        compare(t.model.selectedId, "b", "and they are again after Escape");
    }
    function test_theKeysDecideTheCallThatShowsThem() {
        const t = openWithTwo();
        t.model.select("a");
        t.stage.waitForTool("a", 2, "first_tool", "1");
        t.stage.waitForTool("a", 4, "second_tool", "2");
        tryVerify(() => find(t.root, "Approve second_tool"));
        compare(find(t.root, "Approve first_tool").text, "Approve  A");
        compare(find(t.root, "Approve second_tool").text, "Approve");
        t.stage.refuseCommands("Not now.");
        keyClick(Qt.Key_D);
        compare(t.stage.lastCall, "c2");
        find(t.root, "Deny second_tool").forceActiveFocus();
        compare(find(t.root, "Deny second_tool").text, "Deny  D");
        keyClick(Qt.Key_D);
        compare(t.stage.lastCall, "c4", "with the focus on its button");
        keyClick(Qt.Key_A);
        compare(t.stage.lastCall, "c4");
        compare(t.stage.lastCommand, "approve");
    }
    function test_aKeyThatIsHeldCommandsOnce() {
        const t = openWithTwo();
        t.model.select("a");
        t.stage.hold(t.window, Qt.Key_T);
        compare(t.stage.commandCount, 1);
        compare(t.model.composer.text, "");
        keyClick(Qt.Key_Escape);
        t.stage.waitForApproval("a", 2);
        t.stage.hold(t.window, Qt.Key_A);
        compare(t.stage.commandCount, 2);
        t.model.select("b");
        t.stage.waitForApproval("b", 2);
        t.stage.hold(t.window, Qt.Key_D);
        compare(t.stage.commandCount, 3);
        for (const key of [Qt.Key_Return, Qt.Key_Enter, Qt.Key_Space]) {
            t.stage.forget();
            find(t.root, "Pause AI").forceActiveFocus();
            t.stage.hold(t.window, key);
            compare(t.stage.lastCommand, "pause");
            compare(t.stage.commandCount, 1);
        }
    }
    function test_searchByKeyboard() {
        const t = openWithTwo();
        keyClick(Qt.Key_K, Qt.ControlModifier);
        for (const c of "of b")
            keyClick(c);
        compare(t.model.sessions.count, 1);
        keyClick(Qt.Key_Escape);
        compare(t.model.sessions.count, 2);
    }
    function test_whatWasSearchedIsWhatTheKeysMean() {
        const t = openWithTwo();
        for (const key of [Qt.Key_Return, Qt.Key_Down]) {
            t.model.select("a");
            keyClick(Qt.Key_K, Qt.ControlModifier);
            for (const c of "of b")
                keyClick(c);
            keyClick(key);
            compare(t.model.selectedId, "b", "not one that the list does not show");
        }
    }
    function test_tabLeavesTheComposerBothWays() {
        const t = openWithTwo();
        t.model.select("a");
        keyClick(Qt.Key_W);
        const input = t.window.activeFocusItem;
        compare(t.model.composer.canSend, false);
        keyClick(Qt.Key_Tab);
        verify(t.window.activeFocusItem !== input, "though Send is disabled");
        keyClick(Qt.Key_W);
        keyClick("x");
        keyClick(Qt.Key_Tab);
        compare(t.window.activeFocusItem.text, t.model.composer.sendLabel);
        keyClick(Qt.Key_Backtab, Qt.ShiftModifier);
        compare(t.window.activeFocusItem, input);
        keyClick(Qt.Key_Backtab, Qt.ShiftModifier);
        compare(t.window.activeFocusItem.Accessible.name, "Note");
        compare(t.model.composer.text, "x", "no tab is typed");
    }
    function test_tabReachesEveryKindOfControl() {
        const t = openWithTwo();
        t.model.select("a");
        const reached = new Set();
        for (let i = 0; i < 40; ++i) {
            keyClick(Qt.Key_Tab);
            const item = t.window.activeFocusItem;
            if (item && item.Accessible)
                reached.add(item.Accessible.name);
        }
        for (const name of ["Live", "Search sessions", "All", "Pause AI", "Take over", "End", "Note"])
            verify(reached.has(name), name + " in " + [...reached].join("|"));
    }

    name: "LiveKeys"
}
