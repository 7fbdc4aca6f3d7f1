// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Every conversation ever held: search, read, save. Folds as the Live page does.
FocusScope {
    id: page

    readonly property bool conversationShown: conversation.visible
    readonly property bool folded: width + Theme.railWidth < Theme.listFolds
    readonly property bool hasSelection: history.selectedId.length > 0
    required property HistoryPageModel history
    readonly property bool listShown: list.visible
    property bool listWanted: true ///< when folded: whether the list or the conversation shows
    readonly property bool unread: history.found.state === HistoryModel.Idle || (history.found.state === HistoryModel.Failed && history.found.count === 0)

    signal liveWanted(string sessionId)

    function back() {
        listWanted = true;
        list.focusList();
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
    // Not anew each time: that would take the reader's place away. Refresh does.
    onVisibleChanged: if (visible && unread)
        history.found.activate()

    RowLayout {
        anchors.fill: parent
        spacing: 0

        HistoryList {
            id: list

            Layout.fillHeight: true
            Layout.fillWidth: page.folded
            Layout.preferredWidth: Theme.listWidth
            history: page.history
            visible: !page.folded || page.listWanted || !page.hasSelection

            onOpened: page.listWanted = false
        }

        StoredConversation {
            id: conversation

            Layout.fillHeight: true
            Layout.fillWidth: true
            canGoBack: page.folded
            history: page.history
            visible: !page.folded || (page.hasSelection && !page.listWanted)

            onBack: page.back()
            onLiveWanted: page.liveWanted(page.history.selectedId)
        }

        Inspector {
            Layout.fillHeight: true
            Layout.preferredWidth: Theme.inspectorWidth
            inspector: page.history.inspector
            live: false
            visible: page.hasSelection && page.width + Theme.railWidth >= Theme.inspectorFolds
        }
    }
}
