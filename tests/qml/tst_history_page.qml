// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/// Protects what a person does on the History page, by mouse and keyboard, and that the nodes show only where there
/// are any.
ConsoleCase {
    function test_theKeyboardSearchesReadsAndSaves() {
        const t = open();
        t.stage.store("s-1", "ana", "where is my refund & <b>why</b>", "refund");
        t.stage.store("s-2", "bob", "another refund", "refund");
        keyClick(Qt.Key_F, Qt.ControlModifier);
        compare(t.window.page, 1);
        for (const c of "refund")
            keyClick(c);
        compare(t.history.found.search, "refund");
        t.stage.pass(300);
        tryVerify(() => findText(t.root, "</font></b> &amp; &lt;b&gt;why&lt;/b&gt;"), 5000, "marked, and nothing else is markup");
        keyClick(Qt.Key_Return);
        compare(t.history.selectedId, "s-1");
        tryVerify(() => find(t.root, "Stored sessions").activeFocus);
        keyClick(Qt.Key_Down);
        compare(t.history.selectedId, "s-2");
        keyClick(Qt.Key_K);
        compare(t.history.selectedId, "s-1");
        verify(findText(t.root, "read only"));
        compare(t.stage.commandCount, 0);
        mouseClick(find(t.root, "Export"));
        tryVerify(() => find(t.root, "Save to").activeFocus);
        mouseClick(find(t.root, "CSV"));
        verify(find(t.root, "Save to").text.endsWith("/s-1.csv"));
        find(t.root, "Save to").forceActiveFocus();
        keyClick(Qt.Key_A, Qt.ControlModifier);
        keyClick(Qt.Key_Delete);
        mouseClick(find(t.root, "Save"));
        tryVerify(() => findText(t.root, "Type where to save it."));
        keyClick(Qt.Key_Slash);
        compare(t.history.found.search, "refund");
    }
    function test_aSlashSearches() {
        const t = open();
        t.window.page = 1;
        find(t.root, "Stored sessions").forceActiveFocus();
        keyClick(Qt.Key_Slash);
        tryVerify(() => find(t.root, "Search the history").activeFocus);
        keyClick("x");
        compare(t.history.found.search, "x", "the slash is not typed");
        keyClick(Qt.Key_Escape);
        compare(t.history.found.search, "");
    }
    function test_nothingFoundSaysWhatToDo() {
        const t = open();
        t.window.page = 1;
        tryVerify(() => findText(t.root, "No conversation yet"));
        mouseClick(find(t.root, "Ended"));
        t.stage.pass(300);
        tryVerify(() => findText(t.root, "Nothing found"));
        mouseClick(find(t.root, "Show all"));
        t.stage.pass(300);
        tryVerify(() => findText(t.root, "No conversation yet"));
        compare(t.history.found.filtered, false);
    }
    function test_aFailureSaysSoAndIsTriedAgain() {
        const t = open();
        t.stage.failSearch("The journal cannot be read.");
        t.window.page = 1;
        tryVerify(() => findText(t.root, "The history could not be read"));
        verify(findText(t.root, "The journal cannot be read."));
        t.stage.store("s-1", "ana", "hello", "");
        mouseClick(find(t.root, "Try again"));
        tryVerify(() => findText(t.root, "ana"));
    }
    function test_whatIsMissingIsSaid() {
        const t = open();
        t.stage.store("s-1", "ana", "hello", "");
        t.stage.lackDatabase("The database cannot be reached.");
        t.window.page = 1;
        tryVerify(() => findText(t.root, "The database cannot be reached."));
        tryVerify(() => findText(t.root, "ana"));
    }
    function test_folding() {
        const t = open();
        t.stage.store("s-1", "ana", "hello", "");
        t.window.width = 700;
        t.window.page = 1;
        tryVerify(() => findText(t.root, "ana"));
        const page = t.window.historyPage;
        tryCompare(page, "conversationShown", false);
        mouseClick(findText(t.root, "ana"));
        tryCompare(page, "conversationShown", true);
        compare(page.listShown, false);
        keyClick(Qt.Key_Escape);
        tryCompare(page, "listShown", true);
    }
    function test_nodesShowOnlyWhereThereAreSome() {
        const t = open();
        verify(!find(t.root, "Nodes"));
        t.stage.joinNodes();
        tryVerify(() => find(t.root, "Nodes"));
        mouseClick(find(t.root, "Nodes"));
        compare(t.window.page, 5);
        tryVerify(() => findText(t.root, "presumed dead since"));
        verify(findText(t.root, "http://10.0.0.2:8000"));
        verify(findText(t.window.footer, "1 of 2 nodes presumed dead"));
    }
    function test_aNodeThatIsNotReachedIsNamedAboveTheConversation() {
        const t = open();
        t.stage.openSession("far", 1);
        t.stage.consoleModel.select("far");
        t.stage.loseNode("far", "Node b cannot be reached.");
        tryVerify(() => findText(t.root, "Node b cannot be reached."));
        t.stage.openSession("far", 1);
        tryVerify(() => !findText(t.root, "Node b cannot be reached."));
    }

    name: "HistoryPage"
}
