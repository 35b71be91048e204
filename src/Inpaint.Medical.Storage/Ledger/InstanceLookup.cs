using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Inpaint.Medical.Storage.Ledger;

/// <summary>
/// Whether an instance is among the ledger's rows, by one prepared statement on a connection that stays open: asked before every
/// acknowledgement, where building a query anew takes longer than making the object durable.
/// </summary>
internal sealed class InstanceLookup : IDisposable
{
    private readonly Lock _lock = new();
    private readonly LedgerContext _context;
    private readonly DbCommand _command;
    private readonly DbParameter _uid;

    public InstanceLookup(LedgerDatabase database)
    {
        _context = database.Open();
        _context.Database.OpenConnection();
        _command = _context.Database.GetDbConnection().CreateCommand();
        _command.CommandText = """SELECT 1 FROM "instances" WHERE "SopInstanceUid" = @uid""";
        _uid = _command.CreateParameter();
        _uid.ParameterName = "@uid";
        _uid.Value = "";
        _command.Parameters.Add(_uid);
        _command.Prepare();
    }

    public bool Holds(string sopInstanceUid)
    {
        lock (_lock)
        {
            _uid.Value = sopInstanceUid;
            return _command.ExecuteScalar() is not null;
        }
    }

    public void Dispose()
    {
        _command.Dispose();
        _context.Dispose();
    }
}
