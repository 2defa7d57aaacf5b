namespace Akka.Dispatch;

/// <summary>
/// Mailboxes that were filled but not woken yet. Whoever fills many in a row gives the wake-ups together: an actor woken for each message
/// would empty its mailbox before the next arrives, and a thread's wake-up costs more than its message.
/// </summary>
internal sealed class WakeUps
{
    private readonly List<Mailbox> _mailboxes = new(16);

    /// <param name="mailbox">Has its turn already: nobody else will wake it.</param>
    public void Add(Mailbox mailbox) => _mailboxes.Add(mailbox);

    public void Give()
    {
        foreach (Mailbox mailbox in _mailboxes)
            mailbox.Dispatcher.Execute(mailbox, again: false);
        _mailboxes.Clear();
    }
}
