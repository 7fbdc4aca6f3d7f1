// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import Loquat
import Loquat.Models

/// The conversation. One that is live sticks to its end while that grows, until the person scrolls up; one that
/// is only read begins at its beginning.
Item {
    id: transcript

    property SessionActions actions: null
    required property TranscriptModel entries
    readonly property bool live: actions !== null
    required property string sessionId
    readonly property alias sticking: list.sticking

    function jumpToLive() {
        list.sticking = live;
        list.positionViewAtEnd();
    }

    function page(direction: int) {
        const top = list.originY - list.topMargin;
        const end = list.originY + list.contentHeight - list.height;
        const target = list.contentY + direction * list.height * 0.9;
        if (target >= end)
            return jumpToLive();
        list.sticking = false;
        list.contentY = Math.round(Math.max(top, target));
    }

    onSessionIdChanged: list.sticking = live

    ListView {
        id: list

        property bool sticking: true

        Accessible.name: qsTr("Conversation")
        Accessible.role: Accessible.List
        ScrollBar.vertical: ScrollBar {
            // A drag of the bar is no movement of the view.
            onPressedChanged: list.sticking = !pressed && transcript.live && list.atYEnd
        }
        anchors.fill: parent
        boundsBehavior: Flickable.StopAtBounds
        cacheBuffer: 1200
        clip: true
        model: transcript.entries
        topMargin: 18

        delegate: Item {
            id: slot

            required property string author
            required property var blocks
            required property string callId
            required property string detail
            required property string entryText
            required property string glyph
            required property string kind
            required property string lineKind
            required property bool streaming
            required property string time
            required property string toolArgs
            required property string toolResult
            required property string toolState
            required property string toolStateKind
            required property string toolTime
            required property bool toolWaits

            height: shown.implicitHeight
            width: ListView.view.width

            TranscriptEntry {
                id: shown

                author: slot.author
                blocks: slot.blocks
                canDecide: transcript.live && transcript.actions.canDecide
                keysDecide: transcript.live && transcript.actions.nextCallId === slot.callId
                detail: slot.detail
                entryText: slot.entryText
                glyph: slot.glyph
                kind: slot.kind
                lineKind: slot.lineKind
                streaming: slot.streaming
                time: slot.time
                toolArgs: slot.toolArgs
                toolResult: slot.toolResult
                toolState: slot.toolState
                toolStateKind: slot.toolStateKind
                toolTime: slot.toolTime
                toolWaits: slot.toolWaits
                width: Math.min(parent.width - 40, Theme.measure - 40)
                x: Math.max(20, (parent.width - Theme.measure) / 2 + 20)

                onApproved: if (transcript.live)
                    transcript.actions.approveCall(slot.callId)
                onDenied: if (transcript.live)
                    transcript.actions.denyCall(slot.callId)
            }
        }

        onContentHeightChanged: if (sticking)
            settle.restart()
        onHeightChanged: if (sticking)
            settle.restart()
        onMovementEnded: sticking = transcript.live && atYEnd
        onMovementStarted: sticking = false
    }

    Timer {
        id: settle

        interval: 0

        onTriggered: if (list.sticking)
            list.positionViewAtEnd()
    }

    Shortcut {
        enabled: transcript.visible
        sequences: ["PgUp"]

        onActivated: transcript.page(-1)
    }

    Shortcut {
        enabled: transcript.visible
        sequences: ["PgDown"]

        onActivated: transcript.page(1)
    }

    PushButton {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 14
        anchors.horizontalCenter: parent.horizontalCenter
        text: qsTr("Jump to live")
        visible: transcript.live && !list.sticking && !list.atYEnd

        onClicked: transcript.jumpToLive()
    }
}
