Attribute VB_Name = "ScorebookRibbon"
Option Explicit

' What the buttons of the tab call. Each Sub hands the name of its function in addin/buttons.py to RunPython of xlwings'
' own module, which stands beside this one. VBA source cannot hold Chinese on every machine, so what is said to the user
' stands on the add-in's sheet scorebook.conf, among the settings.

Public Sub OnCheck(control As IRibbonControl)
    Press "check"
End Sub

Public Sub OnRecompute(control As IRibbonControl)
    Press "recompute"
End Sub

Public Sub OnExplain(control As IRibbonControl)
    Press "explain"
End Sub

Public Sub OnUndoRecompute(control As IRibbonControl)
    Press "undo_recompute"
End Sub

Public Sub OnGenerate(control As IRibbonControl)
    Press "generate"
End Sub

Public Sub OnHandOut(control As IRibbonControl)
    Press "hand_out"
End Sub

Public Sub OnGather(control As IRibbonControl)
    Press "gather"
End Sub

Public Sub OnImportResults(control As IRibbonControl)
    Press "import_results"
End Sub

Public Sub OnExportValues(control As IRibbonControl)
    Press "export_values"
End Sub

Public Sub OnImportValues(control As IRibbonControl)
    Press "import_values"
End Sub

Public Sub OnCompareYears(control As IRibbonControl)
    Press "compare_years"
End Sub

Public Sub OnWhatIf(control As IRibbonControl)
    Press "what_if"
End Sub

Public Sub OnNextYear(control As IRibbonControl)
    Press "next_year"
End Sub

Public Sub OnEditScheme(control As IRibbonControl)
    Press "edit_scheme"
End Sub

Public Sub OnNewScheme(control As IRibbonControl)
    Press "new_scheme"
End Sub

Public Sub OnNotice(control As IRibbonControl)
    Press "notice"
End Sub

Public Sub OnStatement(control As IRibbonControl)
    Press "statement"
End Sub

Public Sub OnAnalysis(control As IRibbonControl)
    Press "analysis"
End Sub

Public Sub OnHelp(control As IRibbonControl)
    Press "help"
End Sub

Private Sub Press(ByVal Button As String)
    Dim Interpreter As String, Running As String, Outcome As Variant

    ' RunPython names the active workbook on its command line, so there has to be one.
    If ActiveWorkbook Is Nothing Then
        If ProtectedViews() > 0 Then
            Tell "MESSAGE_PROTECTED_VIEW"
            Exit Sub
        End If
        Workbooks.Add
    End If
    Interpreter = GetConfig("INTERPRETER_WIN")
    If Interpreter = "" Then
        Tell "MESSAGE_NO_SETTING"
        Exit Sub
    End If
    If Not FileExists(Interpreter) Then
        Tell "MESSAGE_NO_INTERPRETER", Interpreter
        Exit Sub
    End If

    Running = Text("MESSAGE_RUNNING")
    Application.StatusBar = Running
    On Error GoTo NotStarted
    Outcome = RunPython("from addin import buttons; buttons." & Button & "()")
    On Error GoTo 0
    ' What Python has put into the status bar stays.
    If CStr(Application.StatusBar) = Running Then Application.StatusBar = False
    If Outcome = -1 Then Tell "MESSAGE_FAILED"
    Exit Sub

NotStarted:
    Application.StatusBar = False
    Tell "MESSAGE_NOT_STARTED", Err.Description
End Sub

Private Function ProtectedViews() As Long
    ' Late bound, because Excel 2007 has no Protected View.
    Dim Host As Object
    Set Host = Application
    On Error Resume Next
    ProtectedViews = Host.ProtectedViewWindows.Count
End Function

Private Sub Tell(ByVal Key As String, Optional ByVal Detail As String = "")
    ' Not MsgBox, which shows question marks where Windows is not Chinese.
    Const EXCLAMATION As Long = 48
    WScript.Popup Text(Key) & Detail, 0, Text("MESSAGE_TITLE"), EXCLAMATION
End Sub

Private Function Text(ByVal Key As String) As String
    Text = GetConfigFromSheet(ThisWorkbook).Item(Key)
End Function
