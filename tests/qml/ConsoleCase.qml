// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Loquat
import LoquatStage

/// What the tests of the console share: a window on a stage, and ways to find what it shows.
TestCase {
    property Stage stage
    property Main window

    function cleanup() {
        // In this order: the window shows what the stage owns.
        window.destroy();
        wait(0);
        stage.destroy();
        wait(0);
    }

    function findWhere(item, matches) {
        if (item.visible && matches(item))
            return item;
        for (let i = 0; i < item.children.length; ++i) {
            const found = findWhere(item.children[i], matches);
            if (found)
                return found;
        }
        return null;
    }
    // Children of the window the test opens, found by what they say to a screen reader.
    function find(item, name) {
        return findWhere(item, it => it.Accessible && it.Accessible.name === name);
    }
    function findText(item, part) {
        return findWhere(item, it => it.text !== undefined && String(it.text).includes(part));
    }
    /// Where `item` is in the window.
    function place(item) {
        return item.mapToItem(null, 0, 0, item.width, item.height);
    }
    function open() {
        stage = stages.createObject(null);
        window = windows.createObject(null, { consoleModel: stage.consoleModel });
        window.requestActivate();
        tryCompare(window, "active", true);
        return { stage: stage, window: window, root: window.contentItem, model: stage.consoleModel, history: stage.consoleModel.history };
    }
    function openWithTwo() {
        const t = open();
        t.stage.openSession("a", 2);
        t.stage.openSession("b", 1);
        t.stage.userSays("a", 1, "hello from a");
        t.stage.userSays("b", 1, "hello from b");
        return t;
    }

    visible: true
    when: windowShown

    Component {
        id: stages

        Stage {}
    }

    Component {
        id: windows

        Main {}
    }
}
