// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// The sessions that are live, the selected conversation, and its numbers. Folds as the window narrows.
FocusScope {
    id: page

    required property ConsoleModel consoleModel
    readonly property bool folded: width + Theme.railWidth < Theme.listFolds
    readonly property bool hasSelection: consoleModel.selectedId.length > 0
    property bool listWanted: true ///< when folded: whether the list or the conversation shows
    readonly property bool conversationShown: conversation.visible
    readonly property bool inspectorShown: inspector.visible
    readonly property bool listShown: list.visible

    function back() {
        listWanted = true;
        list.forceActiveFocus();
    }

    function compose(mode: int) {
        conversation.compose(mode);
    }

    function open() {
        if (hasSelection)
            listWanted = false;
    }

    function search() {
        listWanted = true;
        list.focusSearch();
    }

    Keys.onEnterPressed: open()
    Keys.onReturnPressed: open()

    RowLayout {
        anchors.fill: parent
        spacing: 0

        SessionList {
            id: list

            Layout.fillHeight: true
            Layout.fillWidth: page.folded
            Layout.preferredWidth: Theme.listWidth
            consoleModel: page.consoleModel
            visible: !page.folded || page.listWanted || !page.hasSelection

            onOpened: page.listWanted = false
        }

        Conversation {
            id: conversation

            Layout.fillHeight: true
            Layout.fillWidth: true
            canGoBack: page.folded
            consoleModel: page.consoleModel
            visible: !page.folded || (page.hasSelection && !page.listWanted)

            onBack: page.back()
        }

        Inspector {
            id: inspector

            Layout.fillHeight: true
            Layout.preferredWidth: Theme.inspectorWidth
            inspector: page.consoleModel.inspector
            visible: page.hasSelection && page.width + Theme.railWidth >= Theme.inspectorFolds
        }
    }
}
