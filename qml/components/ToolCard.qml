// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Loquat

/// A tool's call and what came back, in one card; asks for approval where that is needed.
Rectangle {
    id: card

    required property string args
    property bool canDecide: false
    property bool keysDecide: false ///< A and D mean this one, wherever the focus is
    required property string name
    required property string result
    required property string stateKind
    required property string stateWord
    required property string time
    property bool waits: false

    signal approved
    signal denied

    // With the focus on one of its buttons A and D mean this card, whichever waits longest.
    function isDecision(event: KeyEvent): bool {
        return card.canDecide && event.modifiers === Qt.NoModifier && (event.key === Qt.Key_A || event.key === Qt.Key_D);
    }

    function decideByKey(event: KeyEvent) {
        if (!isDecision(event))
            return; // the button's own
        event.accepted = true;
        if (event.isAutoRepeat)
            return;
        if (event.key === Qt.Key_A)
            card.approved();
        else
            card.denied();
    }

    Accessible.name: qsTr("Tool %1, %2").arg(name).arg(stateWord)
    Accessible.role: Accessible.Grouping
    border.color: waits ? Theme.warn : Theme.line
    color: Theme.panel
    implicitHeight: column.implicitHeight
    radius: 10

    ColumnLayout {
        id: column

        spacing: 0
        width: parent.width

        Item {
            Layout.fillWidth: true
            Layout.leftMargin: 13
            Layout.rightMargin: 13
            implicitHeight: Math.max(36, tool.height + 18)

            SelectableText {
                id: tool

                anchors.verticalCenter: parent.verticalCenter
                font.family: Theme.mono
                font.pixelSize: Theme.code
                font.weight: Font.DemiBold
                horizontalAlignment: TextEdit.AlignLeft
                text: card.name
                width: Math.min(implicitWidth, parent.width - word.implicitWidth - took.implicitWidth - 18)
                wrapMode: TextEdit.WrapAnywhere
            }

            // Never shortened: it may say that the call waits for a person.
            BodyText {
                id: word

                anchors.left: tool.right
                anchors.leftMargin: 9
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.ofKind(card.stateKind)
                text: card.stateWord
            }

            BodyText {
                id: took

                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                dimmed: true
                font.family: Theme.mono
                font.pixelSize: Theme.code
                text: card.time
            }
        }

        Rectangle {
            Layout.fillWidth: true
            color: Theme.line
            implicitHeight: 1
        }

        SelectableText {
            Layout.bottomMargin: 9
            Layout.fillWidth: true
            Layout.leftMargin: 13
            Layout.rightMargin: 13
            Layout.topMargin: 9
            color: Theme.dim
            font.family: Theme.mono
            font.pixelSize: Theme.code
            horizontalAlignment: TextEdit.AlignLeft // JSON, whatever script its strings are in
            text: card.result.length > 0 ? card.args + "   →   " + card.result : card.args
            wrapMode: TextEdit.WrapAtWordBoundaryOrAnywhere
        }

        RowLayout {
            Layout.bottomMargin: 11
            Layout.leftMargin: 13
            spacing: 8
            visible: card.waits

            PushButton {
                id: approve

                Accessible.name: qsTr("Approve %1").arg(card.name)
                enabled: card.canDecide
                primary: true
                text: card.keysDecide || approve.activeFocus || deny.activeFocus ? qsTr("Approve  A") : qsTr("Approve")

                Keys.onPressed: event => card.decideByKey(event)
                Keys.onShortcutOverride: event => event.accepted = card.isDecision(event)
                onClicked: card.approved()
            }

            PushButton {
                id: deny

                Accessible.name: qsTr("Deny %1").arg(card.name)
                danger: true
                enabled: card.canDecide
                text: card.keysDecide || approve.activeFocus || deny.activeFocus ? qsTr("Deny  D") : qsTr("Deny")

                Keys.onPressed: event => card.decideByKey(event)
                Keys.onShortcutOverride: event => event.accepted = card.isDecision(event)
                onClicked: card.denied()
            }
        }
    }
}
