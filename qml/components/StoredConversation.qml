// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// A stored conversation to read and to save; or what to do while none is chosen.
Item {
    id: conversation

    property alias canGoBack: header.canGoBack
    required property HistoryPageModel history
    readonly property bool selected: history.selectedId.length > 0

    signal back
    signal liveWanted

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        visible: conversation.selected

        StoredHeader {
            id: header

            Layout.fillWidth: true
            history: conversation.history

            onBack: conversation.back()
            onLiveWanted: conversation.liveWanted()
            onSavingChanged: if (saving)
                bar.focusPath()
        }

        ExportBar {
            id: bar

            Layout.fillWidth: true
            saving: conversation.history.saving
            visible: header.saving
        }

        Transcript {
            Layout.fillHeight: true
            Layout.fillWidth: true
            entries: conversation.history.transcript
            sessionId: conversation.history.selectedId

            BodyText {
                anchors.centerIn: parent
                dimmed: true
                text: qsTr("Loading the conversation…")
                visible: conversation.history.loading
            }

            EmptyState {
                action: qsTr("Try again")
                anchors.centerIn: parent
                explanation: conversation.history.loadError
                title: qsTr("The conversation could not be loaded")
                visible: conversation.history.loadError.length > 0
                width: Math.min(440, parent.width - 40)

                onActed: conversation.history.reload()
            }
        }
    }

    EmptyState {
        anchors.centerIn: parent
        explanation: qsTr("Click one in the list, or press J and K to go through them.\nCtrl+F or / searches what was said.")
        title: qsTr("Choose a conversation")
        visible: !conversation.selected
        width: Math.min(520, parent.width - 40)
    }
}
