// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// Where a person speaks up: to the assistant, to the user, or to other operators.
Rectangle {
    id: panel

    required property ComposerModel composer

    function compose(mode: int) {
        panel.composer.mode = mode;
        input.forceActiveFocus();
    }

    // Else the first letters that are typed are commands.
    Connections {
        function onReplyWanted() {
            input.forceActiveFocus();
            input.keyIsHeld = true;
        }

        target: panel.composer
    }

    color: Theme.panel
    implicitHeight: column.implicitHeight + 24

    Rectangle {
        color: Theme.line
        height: 1
        width: parent.width
    }

    ColumnLayout {
        id: column

        anchors.fill: parent
        anchors.margins: 12
        anchors.leftMargin: 20
        anchors.rightMargin: 20
        spacing: 9

        SegmentedChoice {
            choices: [qsTr("Whisper to assistant"), qsTr("Reply as human"), qsTr("Note")]
            current: panel.composer.mode
            enabled: panel.composer.enabled

            onChosen: index => panel.compose(index)
        }

        RowLayout {
            spacing: 11

            ScrollView {
                Layout.fillWidth: true
                Layout.maximumHeight: 120
                ScrollBar.horizontal.policy: ScrollBar.AlwaysOff

                TextArea {
                    id: input

                    property bool keyIsHeld: false ///< the one that led here, which is no text

                    Accessible.name: placeholderText
                    bottomPadding: 10
                    color: Theme.text
                    enabled: panel.composer.enabled
                    font.family: Theme.sans
                    font.pixelSize: Theme.body
                    leftPadding: 12
                    placeholderText: panel.composer.placeholder
                    placeholderTextColor: Theme.dim
                    selectByMouse: true
                    selectedTextColor: Theme.onFill
                    selectionColor: Theme.accentFill
                    text: panel.composer.text
                    textFormat: TextEdit.PlainText
                    topPadding: 10
                    wrapMode: TextEdit.Wrap

                    background: Rectangle {
                        border.color: input.activeFocus ? Theme.accent : Theme.line
                        border.width: input.activeFocus ? 2 : 1
                        color: Theme.raised
                        radius: 10
                    }

                    Keys.onBacktabPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
                    Keys.onEscapePressed: event => {
                        input.focus = false;
                        event.accepted = false;
                    }
                    Keys.onPressed: event => {
                        keyIsHeld = keyIsHeld && event.isAutoRepeat;
                        if (keyIsHeld) {
                            event.accepted = true;
                            return;
                        }
                        const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter;
                        if (!enter || event.modifiers & Qt.ShiftModifier)
                            return;
                        event.accepted = true;
                        panel.composer.send();
                    }
                    // Out of here; Send may be disabled.
                    Keys.onTabPressed: nextItemInFocusChain().forceActiveFocus(Qt.TabFocusReason)
                    onTextChanged: panel.composer.text = text
                }
            }

            PushButton {
                Layout.alignment: Qt.AlignBottom
                enabled: panel.composer.canSend
                implicitHeight: 36
                primary: true
                text: panel.composer.sendLabel

                onClicked: panel.composer.send()
            }
        }
    }
}
